"""The licence of the system: who runs it, what version and size it covers, and the common SARI.

Pure data; reading, signing and checking licence files is the duty of `mom.admin`.
"""

import msgspec


class Licence(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The contents of one licence file.

    `installation_id` ties later files to the first one. `version` is the newest software the
    licence covers, as `major.minor`. `sari` is the access rights identity that all OMMs share, 10
    hex digits. `max_sites` and `max_users` are absent (`None`) where there is no limit.
    """

    installation_id: str
    customer: str
    country: str
    system_license: str
    version: str
    sari: str
    max_sites: int | None = None
    max_users: int | None = None

    def exceeded(self, sites: int, users: int) -> str:
        """For people: the maximum that a system of that size is beyond; empty if there is none."""
        few_sites = self.max_sites is not None and sites > self.max_sites
        few_users = self.max_users is not None and users > self.max_users
        if few_sites and few_users:
            return (
                f"There are {sites} sites and {users} users, "
                f"the licence allows {self.max_sites} and {self.max_users}"
            )
        if few_sites:
            return f"There are {sites} sites, the licence allows {self.max_sites}"
        if few_users:
            return f"There are {users} users, the licence allows {self.max_users}"
        return ""
