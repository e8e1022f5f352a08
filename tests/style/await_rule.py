"""The shape of awaiting statements. g++ 12 frees temporaries of some full expressions with a co_await twice, so that
statement is `auto result = co_await function(arguments);` with names, scalars and std::move(name) as arguments."""

import re

NAME = r"[*&]?[A-Za-z_][\w:]*(?:(?:\.|->)\w+)*"
SCALAR = r"-?\d[\w.']*"
ARGUMENT = rf"(?:std::move\({NAME}\)|{NAME}|{SCALAR})"
CALLEE = r"[A-Za-z_][\w:]*(?:(?:\.|->)\w+)*(?:<[\w:, <>]*>)?"
AWAITED = rf"{CALLEE}(?:\((?:{ARGUMENT}(?:, ?{ARGUMENT})*)?\))?"
RECEIVER = r"(?:(?:\[\[maybe_unused\]\] )?(?:const )?[\w:<>, ]+?[&*]{0,2} ?(?:\w+|\[[\w, ]+\]) = |[\w:.>-]+ = )"
SHAPE = re.compile(rf"(?:{RECEIVER})?co_await {AWAITED}")
CONTROL = re.compile(r"(?:else )?(?:if|while|for) (?:constexpr )?\(|else |case [\w:]+: |default: ")


def without_control(statement):
    """`if (ready) co_await f(x)` -> `co_await f(x)`."""
    while found := CONTROL.match(statement):
        end = found.end()
        if found.group().endswith("("):
            depth = 1
            while depth and end < len(statement):
                depth += {"(": 1, ")": -1}.get(statement[end], 0)
                end += 1
            if depth or "co_await" in statement[:end]:
                return statement
        statement = statement[end:].lstrip()
    return statement


def await_findings(source):
    code = source.code
    for found in re.finditer(r"\bco_await\b", code):
        begin = max(code.rfind(mark, 0, found.start()) for mark in ";{}") + 1
        end = min((at for at in (code.find(mark, found.end()) for mark in ";{") if at >= 0), default=len(code))
        statement = without_control(re.sub(r"\s+", " ", code[begin:end]).strip())
        if code[end:end + 1] != ";" or not SHAPE.fullmatch(statement):
            yield source.line_of(found.start()), f"not `auto r = co_await f(names);`: {statement[:90]}"
