"""Phones that come to an OMM: they subscribe, walk from site to site, and people log in on them."""
