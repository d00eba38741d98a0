"""The users and devices of a stand-in, how they are found and written: standard library only."""

import base64

SECRETS = {"pin", "sipPw", "credentialPw", "serviceAuthPassword"}
RELATION = {"uid", "ppn", "relType"}
SUBSCRIPTION = {"s", "uak", "ac", "ipei", "subscriptionId", "locationData", "dectIeFixedId"}
SUBSCRIPTION |= {"modicType", "subscribeToPARIOnly", "autoCreate"}
ROAMING = {"ommId", "ommIdAck", "roaming"}
STAMPS = ["Admin", "Relation", "Roaming", "Subscription"]
KEYS = {"user": "uid", "pp": "ppn"}


class Refused(Exception):
    """The request is answered with these attributes."""

    def __init__(self, code, **attrs):
        super().__init__(code)
        self.attrs = {"errCode": code, **attrs}


class Records:
    """Users and devices, by their local numbers, and how they change."""

    def __init__(self, users, devices, now, complain):
        self.kinds = {
            "user": {int(user["uid"]): dict(user) for user in users},
            "pp": {int(device["ppn"]): dict(device) for device in devices},
        }
        self.known = {"user": set(), "pp": set()}
        self.now = now
        self.complain = complain
        for kind, records in self.kinds.items():
            for record in records.values():
                self.known[kind] |= record.keys()

    def named(self, kind, element):
        """The record that an element of SetPP means: it is made if it is new."""
        key, records = KEYS[kind], self.kinds[kind]
        number, told = int(element.get(key, "0")), element.get(key + "Sec", "0")
        if number:
            if number not in records:
                raise Refused("ENoEnt", bad=key)
            return records[number]
        for record in records.values():
            if told != "0" and record.get(key + "Sec") == told:
                return record
        return {key: str(max(records, default=0) + 1), key + "Sec": told, "relType": "Unbound"}

    def check(self, kind, record, attrs):
        """Refuse what would not be unique."""
        unique = {"user": "num", "pp": "ipei"}[kind]
        value = attrs.get(unique, "").replace(" ", "")
        for other in self.kinds[kind].values():
            same = value and other.get(unique, "").replace(" ", "") == value
            if same and other[KEYS[kind]] != record[KEYS[kind]]:
                raise Refused("EExist", bad=unique)

    def write(self, kind, record, attrs):
        """Write attributes that the OMM knows, and stamp what came without a stamp."""
        key = KEYS[kind]
        for name in attrs.keys() - self.known[kind]:
            self.complain(f"{kind} {record[key]}: attribute {name} is unknown here")
        for name in SECRETS & attrs.keys():
            if record.get(name) != attrs[name] and len(base64.b64decode(attrs[name])) != 64:
                self.complain(f"{kind} {record[key]}: {name} is no ciphertext")
        values = {name: text for name, text in attrs.items() if name in self.known[kind]}
        changed = {name for name, text in values.items() if record.get(name) != text}
        record.update(values)
        for group in {group_of(name) for name in changed if name not in (key, key + "Sec")}:
            stamp = f"timeStamp{group}"
            if group and stamp not in attrs and stamp in self.known[kind]:
                record[stamp] = str(self.now())
        stamps = [int(record.get(f"timeStamp{group}", "0")) for group in STAMPS]
        record["timeStamp"] = str(max(stamps))
        self.kinds[kind][int(record[key])] = record

    def relate(self, user, device, rel_type):
        """Bind two records, or part one from whatever it is bound to."""
        if user is not None and device is not None and rel_type != "Unbound":
            self.part(user, "ppn", "pp", device["ppn"])
            self.part(device, "uid", "user", user["uid"])
            user.update(ppn=device["ppn"], relType=rel_type)
            device.update(uid=user["uid"], relType=rel_type)
            return
        if user is not None:
            self.part(user, "ppn", "pp", "0")
        if device is not None:
            self.part(device, "uid", "user", "0")

    def part(self, record, link, other_kind, keep):
        """End the relation of a record, on both sides, unless it is to that one."""
        other = self.kinds[other_kind].get(int(record.get(link, "0")))
        if record.get(link, "0") == keep:
            return
        record.update({link: "0", "relType": "Unbound"})
        if other is not None:
            back = "uid" if other_kind == "pp" else "ppn"
            stamp = {"timeStampRelation": str(self.now())}
            other.update({back: "0", "relType": "Unbound", **stamp})


def group_of(name):
    """The group whose stamp a change of that attribute renews."""
    if name.startswith("timeStamp"):
        return ""
    if name in RELATION:
        return "Relation"
    if name in ROAMING:
        return "Roaming"
    return "Subscription" if name in SUBSCRIPTION else "Admin"
