"""What MOM keeps with records, as the German page says it: no sentence is half English."""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from playwright.sync_api import Page, expect

from mom.directory import lines, marks
from mom.directory.merge import Judgement, Verdict
from mom.model.copy import Noun
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.room import ConferenceRoom, RoomNumber
from mom.model.user import User
from tests.browser.house import SITES

ONE, FOUR = OmmId(1), OmmId(4)
NOON, LATER = 1_780_056_000, 1_780_056_060
USER = User(
    uid=UserNumber(3),
    ppn=DeviceNumber(0),
    name="Bob, (was)",
    vip=False,
    permanent=False,
    forward_state="Off",
)
ROOM = ConferenceRoom(id=RoomNumber(2), name="Staff", fixed_sip_port=5062)
TAKE, SEND = Verdict.TAKE, Verdict.SEND
WHY = marks.refusal("EInval", "num")

LINES: list[tuple[lines.Sentence, str]] = [
    (
        lines.decided(
            Noun.USER, ["name", "vip"], FOUR, Judgement(TAKE), (LATER, NOON), {"vip": True}
        ),
        "Name, VIP von OMM 0004, dort neuer (29.05.26, 14:01:00 gegen 29.05.26, 14:00:00); "
        "MOM hatte VIP an",
    ),
    (
        lines.decided(Noun.USER, ["name"], FOUR, Judgement(TAKE), (5, 6), {}),
        "Name von OMM 0004, dort geändert und hier nicht",
    ),
    (
        lines.decided(Noun.USER, ["name"], FOUR, Judgement(TAKE, answer=True), (5, 5), {}),
        "Name von OMM 0004, dort anders gespeichert als gesendet",
    ),
    (
        lines.decided(
            Noun.USER, ["name"], FOUR, Judgement(SEND, tie=True), (NOON, NOON), {"name": "a; b"}
        ),
        "Name von MOM, auf OMM 0004 in derselben Sekunde geändert (29.05.26, 14:00:00); "
        'OMM 0004 hatte Name "a; b"',
    ),
    (
        lines.decided(Noun.USER, ["name"], FOUR, Judgement(SEND, both=True), (0, NOON), {}),
        "Name von MOM, hier neuer (29.05.26, 14:00:00 gegen nie)",
    ),
    (
        lines.decided(
            Noun.USER, ["newThing", "name"], FOUR, Judgement(SEND), (0, 0), {"name": None}
        ),
        "newThing, Name von MOM, OMM 0004 weicht ohne eigene Änderung ab; OMM 0004 hatte Name leer",
    ),
    (lines.imported(FOUR), "von OMM 0004 eingelesen"),
    (
        lines.bound(lines.device_named("03586 0000001 6"), "Dynamic", FOUR, LATER, 0),
        "auf OMM 0004 an Gerät 03586 0000001 6 gebunden (Dynamisch), "
        "dort neuer (29.05.26, 14:01:00 gegen nie)",
    ),
    (
        lines.bound(lines.user_named("4711"), "Fixed", FOUR, LATER, NOON),
        "auf OMM 0004 an Benutzer 4711 gebunden (Fest), "
        "dort neuer (29.05.26, 14:01:00 gegen 29.05.26, 14:00:00)",
    ),
    (
        lines.bound("", "Unbound", FOUR, LATER, NOON),
        "auf OMM 0004 gelöst, dort neuer (29.05.26, 14:01:00 gegen 29.05.26, 14:00:00)",
    ),
    (
        lines.relation_kept(FOUR, 0, NOON),
        "Beziehung von MOM, auf OMM 0004 anders (29.05.26, 14:00:00 gegen nie)",
    ),
    (lines.deleted_on(FOUR), "auf OMM 0004 gelöscht"),
    (lines.kept_for_news(FOUR), "auf OMM 0004 gelöscht, seitdem in MOM geändert: behalten"),
    (lines.lives_elsewhere(FOUR), "nicht mehr auf OMM 0004, gehört zu einem anderen OMM"),
    (
        lines.kept_after_import(FOUR),
        "nach dem Import der Datenbank nicht auf OMM 0004: behalten",
    ),
    (lines.restored(FOUR), "auf OMM 0004 wiederhergestellt"),
    (lines.revived_on(FOUR), "durch OMM 0004 aus dem Papierkorb geholt"),
    (lines.moved(ONE, FOUR, 0.25), "in 0.250 s von OMM 0001 zu OMM 0004 gewechselt"),
    (lines.moved_alone(OmmId(0), FOUR), "ohne MOM von keinem OMM zu OMM 0004 gewechselt"),
    (
        lines.stays(ONE, FOUR, "refused by the OMM", "ENoMem"),
        "bleibt bei OMM 0001, nicht zu OMM 0004 gewechselt: vom OMM abgelehnt (ENoMem)",
    ),
    (
        lines.stays(ONE, FOUR, "OMM away", ""),
        "bleibt bei OMM 0001, nicht zu OMM 0004 gewechselt: OMM nicht verbunden",
    ),
    (lines.became("03586 0000001 6"), "wurde durch eine Zusatz-ID zu 03586 0000001 6"),
    (lines.subscribes(FOUR, automatic=True), "meldet sich bei OMM 0004 an, von selbst angelegt"),
    (
        lines.subscribes(FOUR, automatic=False),
        "meldet sich bei OMM 0004 an, durch eine Zusatz-ID angelegt",
    ),
    (
        lines.bound_by_id(3, 7, "Fixed"),
        "durch eine Zusatz-ID gebunden: Benutzer 3 und Gerät 7 (Fest)",
    ),
    (
        lines.refused("location registration", FOUR, "NotSubscribed"),
        "Anmeldung eines Telefons auf OMM 0004 abgelehnt: nicht angemeldet",
    ),
    (lines.created("mom"), "von mom angelegt"),
    (lines.copied("mom", Noun.USER, 3), "kopiert von mom nach Benutzer 3"),
    (
        lines.changed(
            USER,
            {"name": "", "vip": True, "forward_state": "All", "sip_pw": "x", "permanent": True},
            "mom",
        ),
        'von mom geändert: Name (war "Bob, (was)"), Permanent (war aus), SIP-Passwort, '
        "VIP (war aus), Rufumleitung (war Aus)",
    ),
    (lines.deleted("command line"), "von Kommandozeile gelöscht"),
    (lines.revived("mom"), "von mom aus dem Papierkorb geholt"),
    (lines.tied("mom", 3, 7, "Fixed"), "von mom gebunden: Benutzer 3 und Gerät 7 (Fest)"),
    (lines.untied("mom"), "von mom gelöst"),
    (
        lines.related("mom", "Fixed", "Dynamic"),
        "Beziehung von mom geändert: jetzt Fest (zuvor Dynamisch)",
    ),
    (lines.unsubscribed("mom"), "von mom abgemeldet"),
    (
        lines.room_told(FOUR, lines.room_values({"name": "All"}) + ", sipPw", {"name": None}),
        'Name "All", SIP-Passwort von OMM 0004; MOM hatte Name leer',
    ),
    (
        lines.room_given(FOUR, {"name": "Staff", "fixed_sip_port": 5062}),
        'die Fassung von MOM ging an OMM 0004; dort stand Name "Staff", Fester SIP-Port 5062',
    ),
    (
        lines.changed(ROOM, {"name": "All", "fixed_sip_port": None}, "mom"),
        'von mom geändert: Name (war "Staff"), Fester SIP-Port (war 5062)',
    ),
    (lines.room_taken_in(FOUR), "von OMM 0004 aufgenommen"),
    (lines.room_missing(FOUR), "fehlte auf OMM 0004: neu angelegt"),
    (lines.room_homeless(FOUR), "auf keinem OMM: OMM 0004 wurde gelöscht"),
]
MARKS: list[tuple[marks.Marks, str]] = [
    (marks.refused((), FOUR, WHY), "von OMM 0004 nicht angenommen: EInval Nummer/SIP-Benutzername"),
    (
        marks.refused((), FOUR, marks.NO_ANSWER),
        "von OMM 0004 nicht angenommen: keine Antwort",
    ),
    (
        marks.credentials_missing((), FOUR, ("sipPw", "pin")),
        "Zugangsdaten fehlen auf OMM 0004: SIP-Passwort, PIN",
    ),
    (marks.may_differ((), FOUR, ("sipPw",)), "vielleicht anders auf OMM 0004: SIP-Passwort"),
    (
        marks.guarded((), {"bt_sensitivity": "has more than 20 characters"}),
        "nicht verteilt: Bluetooth-Empfindlichkeit hat mehr als 20 Zeichen",
    ),
    (
        marks.conflicts((), "4711", ((5, FOUR),)),
        "Nummer 4711 hat auch Benutzer 5 (OMM 0004)",
    ),
    (
        marks.same_conference((), "900", ((5, OmmId(0)),)),
        "Konferenznummer 900 hat auch Raum 5",
    ),
    (marks.waits_for((), (FOUR,)), "wartet auf OMM 0004, der nicht verbunden ist"),
    (marks.stays_different((), FOUR, ("name",)), "bleibt anders auf OMM 0004: Name"),
]
FORMER = [
    (
        "name from OMM 0004, newer there (20:32:40 against never)",
        "Name von OMM 0004, dort neuer (20:32:40 UTC gegen nie)",
    ),
    (
        "changed by mom: name (was 'Bob'), vip (was False)",
        "von mom geändert: Name (war 'Bob'), VIP (war aus)",
    ),
    ("change users", "Benutzer ändern"),
    ("delete conference rooms", "Konferenzräume löschen"),
    (
        "user 3, device 4 not accepted by OMM 0004: no answer",
        "Benutzer 3, Gerät 4 von OMM 0004 nicht angenommen: keine Antwort",
    ),
]

EVENTS = [
    (
        "Harbour: not connected: PARK 1F10290001 belongs to OMM 0001 already; disable one of them",
        "Harbour: nicht verbunden: PARK 1F10290001 gehört schon zu OMM 0001; "
        "einen von beiden deaktivieren",
    ),
    (
        "Harbour: not connected: Different AXI or OMM version (protocol 44, MOM speaks 45)",
        "Harbour: nicht verbunden: Andere AXI- oder OMM-Version (Protokoll 44, MOM spricht 45)",
    ),
    (
        "Harbour: not connected: 10.0.0.1: Different AXI or OMM version "
        "(protocol not told, MOM speaks 45)",
        "Harbour: nicht verbunden: 10.0.0.1: Andere AXI- oder OMM-Version "
        "(Protokoll nicht genannt, MOM spricht 45)",
    ),
    (
        "command line changed suppressTableUpdates, systemName, facPrefix",
        "Kommandozeile hat geändert: Tabellen anhalten, Systemname, FAC-Nummer",
    ),
    (
        "Harbour: AXI trace on for 5 min by mom",
        "Harbour: AXI-Trace von mom für 5 min eingeschaltet",
    ),
]
REFUSALS = [
    (
        "name: OMM 0003 has this name; port: A number from 1 to 65535 is expected",
        "Name: OMM 0003 heißt schon so; AXI-Port: Eine Zahl von 1 bis 65535 wird erwartet",
    ),
    (
        "The system settings was changed in the meantime; look at it again",
        "Inzwischen geändert: Die Systemeinstellungen; sehen Sie noch einmal nach",
    ),
    (
        "changed meanwhile: name by mom, num; the history of the record says by whom",
        "inzwischen geändert: Name von mom, Nummer/SIP-Benutzername; "
        "von wem, steht im Verlauf des Eintrags",
    ),
    (
        "the OMM did not do it: SetPP: no answer within 5 s",
        "der OMM hat es nicht getan: SetPP: keine Antwort innerhalb von 5 s",
    ),
    ("there is no user 3 in the trash", "Benutzer 3 ist nicht im Papierkorb"),
    ("There is no such setting", "Diese Einstellung gibt es nicht"),
]

SAY = """async (texts) => {
  const { applyLanguage } = await import("/js/i18n.js");
  const { reasonText } = await import("/js/reasons.js");
  await applyLanguage("de");
  return texts.map((text) => reasonText(text));
}"""


def said(page: Page, texts: list[str]) -> list[str]:
    """What the German page makes of them."""
    found: list[str] = page.evaluate(SAY, texts)
    return found


def test_lines_marks_and_jobs_are_german_as_a_whole(open_page: Callable[..., Page]) -> None:
    expected = [(str(line), german) for line, german in LINES]
    expected += [(mark, german) for (mark,), german in MARKS]
    expected += FORMER + EVENTS + REFUSALS
    found = said(open_page("", language="de"), [english for english, _ in expected])
    assert found == [german for _, german in expected]


@pytest.mark.parametrize(
    ("module", "apart"),
    [
        (lines, {"clock", "in_words", "lost", "omm_name"}),
        (marks, {"accepted", "forgotten", "in_conflict", "known_secrets", "left", "shared"}),
    ],
)
def test_every_maker_of_a_line_or_mark_is_tried(module: ModuleType, apart: set[str]) -> None:
    source = Path(__file__).read_text("utf-8")
    made = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    short = module.__name__.rpartition(".")[2]
    assert [name for name in made - apart if f"{short}.{name}(" not in source] == []


def test_what_the_server_refuses_in_a_form_is_german(
    open_page: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/omms?open=new", language="de")
    panel = page.locator("dialog.panel")
    panel.get_by_label("Name").fill(SITES[2])
    panel.get_by_label("OMM 1").fill("not a host!")
    panel.get_by_label("AXI-Port").fill("70000")
    panel.get_by_role("button", name="Hinzufügen", exact=True).click()
    expect(panel).to_contain_text("Ein Rechnername oder eine IP-Adresse wird erwartet")
    expect(panel).to_contain_text("Eine Zahl von 1 bis 65535 wird erwartet")
    shot(page, "omm-add-errors-de")
    panel.get_by_label("OMM 1").fill("10.0.0.1")
    panel.get_by_label("AXI-Port").fill("12622")
    panel.get_by_role("button", name="Hinzufügen", exact=True).click()
    expect(panel).to_contain_text("OMM 0003 heißt schon so")


def test_what_the_server_refuses_in_the_settings_is_german(
    open_page: Callable[..., Page], shot: Callable[[Page, str], None]
) -> None:
    page = open_page("#/settings", language="de", theme="dark")
    refused = {
        "systemName": ("x" * 65, "Ein Name aus 1 bis 64 darstellbaren Zeichen wird erwartet"),
        "subscriptionTimeout": ("61", "Eine Zahl von 0 bis 60 Minuten wird erwartet"),
        "facPrefix": ("abc", "Bis zu 8 Ziffern, * und # werden erwartet"),
    }
    for name, (value, words) in refused.items():
        field = page.locator(f"input[name={name}]")
        field.fill(value)
        field.press("Enter")
        expect(page.locator(".settings")).to_contain_text(words)
    shot(page, "settings-errors-de-dark")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("no licence", "Dies ist keine XML-Datei"),
        ("<x/>", "Dies ist keine Lizenzdatei dieses Systems"),
    ],
)
def test_what_is_wrong_with_a_licence_file_is_german(
    open_page: Callable[..., Page], content: str, words: str
) -> None:
    page = open_page("#/settings?part=license", language="de")
    file = {"name": "license.xml", "mimeType": "text/xml", "buffer": content.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".settings")).to_contain_text(words)


def test_the_words_of_the_map_fit_their_number(open_page: Callable[..., Page]) -> None:
    page = open_page("#/health", language="de")
    legend = page.locator(".map-legend")
    expect(legend).to_contain_text(f"{len(SITES)} verbunden")
    say = """async (count) => (await import("/js/i18n.js")).t("health.many.waiting", { count })"""
    assert [page.evaluate(say, count) for count in (1, 3)] == ["wartet", "warten"]
