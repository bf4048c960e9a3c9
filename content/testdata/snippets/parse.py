"""Reads a JSON list of blocks of Python, and answers with a list of what is
wrong with each. A block is a module, or else the body of a function."""

import ast
import json
import sys
import textwrap
import warnings

warnings.simplefilter("error")  # such as a backslash that is no escape


def fault(code):
    try:
        compile(code, "snippet", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, Warning) as error:
        return f"{type(error).__name__}: {error}"
    return ""


print(json.dumps([fault(code) and fault("async def body():\n" + textwrap.indent(code, "    ")) and fault(code) for code in json.load(sys.stdin)]))
