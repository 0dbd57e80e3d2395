"""Month names as localised syslog, journalctl and dmesg print them."""

from __future__ import annotations

_NAMES = (
    "jan january janv janvier ene enero gennaio gen يناير",
    "feb february févr fév février fev fevereiro febrero febbraio فبراير",
    "mar march mars março marzo mär märz mrz مارس",
    "apr april avr avril abr abril aprile أبريل ابريل",
    "may mai maio mayo maggio mag مايو",
    "jun june juin junho junio giugno giu juni يونيو يونيه",
    "jul july juil juillet julho julio luglio lug juli يوليو يوليه",
    "aug august août aou aoû ago agosto أغسطس اغسطس",
    "sep sept september septembre set setembro septiembre settembre سبتمبر",
    "oct october octobre out outubro octubre ottobre ott okt أكتوبر اكتوبر",
    "nov november novembre novembro noviembre نوفمبر",
    "dec december déc décembre dez dezembro dic diciembre dicembre ديسمبر",
)
_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_CHINESE = {name: number for number, name in enumerate("一二三四五六七八九", 1)} | {
    name: number for number, name in enumerate(("十", "十一", "十二"), 10)
}


def month(name: str) -> int | None:
    """1 to 12 for a month's name, full or short, in the languages that occur; also `9月`, `十二月`, `十二`."""
    plain = name.strip(".").removesuffix("月")
    if plain.isdigit():
        return int(plain) if 1 <= int(plain) <= 12 else None
    return _CHINESE.get(plain) or _NUMBERS.get(plain.lower())
