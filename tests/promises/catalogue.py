"""What tkelog promises of any input, and where each promise is put to the test.

A test names its promise by `@pytest.mark.promise("P3")`, wherever it lives. `make prove` runs all of them with the
full figures and writes docs/promises.md.
"""

from __future__ import annotations

PROMISES = {
    "P1": "tkelog writes nothing but what `--output` names and its cache; archives are never extracted",
    "P2": "bombs of every kind (ratio, nesting, members, names, pax, sparse, quine, overlap) end in seconds, bounded",
    "P3": "no silent loss: damage anywhere in a bundle is named in `problems`",
    "P4": "of truncated compressed data everything readable is analysed",
    "P5": "files that change while they are read, links, pipes and devices neither crash nor hang it",
    "P6": "memory does not depend on the length of a line",
    "P7": "any bytes are input, and every line is counted",
    "P8": "every encoding that logs come in is read, and a guess is said",
    "P9": "time is linear in the input and memory bounded",
    "P10": "no rule costs more than 10 ms on any line",
    "P11": "hostile patterns in rule packs are refused or run in linear time",
    "P12": "a user can see which rule costs what",
    "P13": "no control byte of a log reaches the terminal",
    "P14": "markup in a log is inert, and its text is shown in full",
    "P15": "the HTML page is inert, whatever a log contains",
    "P16": "the JSON report is always valid",
    "P17": "rule files cannot execute, loop or explode; each is refused with file, line and column",
    "P18": "all mistakes of a rule file are reported at once",
    "P19": "planted secrets leave in no form and no format",
    "P20": "what is no secret stays readable",
    "P21": "an independent scanner finds no secret in the reports",
    "P22": "a closed pipe ends it quietly",
    "P23": "Ctrl-C at any moment ends it quickly: no traceback, no half file",
    "P24": "output that cannot be written is one clear line and exit code 1",
    "P25": "it works without network, without a home, without standard streams",
    "P26": "same input, same bytes: hash seeds, order of members, threads, processes",
    "P27": "the year of a log without years is found, or said to be unknown",
    "P28": "no order of events is claimed across nodes whose clocks differ",
    "P29": "mutated bundles: no traceback, no hang, no silence",
    "P30": "the tests can fail: mutants of the code are killed",
    "P31": "every rule proves itself by examples that match and near misses that do not",
    "P32": "locked dependencies, a bill of materials, a publishing workflow without secrets",
}
