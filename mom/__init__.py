"""MOM, the Multi-OMM Manager: the server that makes many SIP-DECT sites one telephone system."""
