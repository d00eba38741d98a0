"""Makes `twistd ommsim` known to Twisted."""

from twisted.application.service import ServiceMaker

ommsim = ServiceMaker("OMM simulator", "mom.sim.plugin", "A simulated fleet of OMMs", "ommsim")
