"""MOM, the Multi-OMM Manager: the central server that makes many SIP-DECT sites one telephone system."""
