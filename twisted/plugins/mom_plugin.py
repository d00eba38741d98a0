"""Makes `twistd mom` known to Twisted."""

import gc
from typing import Any

from twisted.application.service import ServiceMaker


class QuietMaker(ServiceMaker):
    """Looks for no garbage while MOM is loaded: hardly any is made, and all the rest stays."""

    @property
    def options(self) -> Any:
        """The class of the command line, with everything that the service imports."""
        gc.disable()
        try:
            return super().options
        finally:
            gc.freeze()
            gc.enable()


mom = QuietMaker("MOM", "mom.service", "Multi-OMM Manager: many SIP-DECT sites as one", "mom")
