"""Makes `twistd mom` known to Twisted."""

from twisted.application.service import ServiceMaker

mom = ServiceMaker("MOM", "mom.service", "Multi-OMM Manager: many SIP-DECT sites as one", "mom")
