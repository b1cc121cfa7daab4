"""Cut the NHS.UK style sheet down to what Kith's pages use.

Leaves out web fonts and the logo, as the design asks (they are the NHS's own), and the components
that no template names, which is most of the sheet's weight. Reads the sheet from standard input and
writes the result to standard output.
"""

import re
import sys

import tinycss2

# The components that templates use; Tests/Browser checks that no page names another.
COMPONENTS = {
    "body", "body-l", "body-m", "body-s", "breadcrumb", "button", "caption", "caption-l",
    "caption-m", "caption-xl", "details", "error-message", "error-summary", "fieldset",
    "footer", "form-group", "frontend-supported", "grid-column-full", "grid-column-one-half",
    "grid-column-one-third", "grid-column-two-thirds", "grid-row", "header", "heading-l",
    "heading-m", "heading-s", "heading-xl", "heading-xs", "hint", "input", "inset-text", "label",
    "lede-text", "link", "list", "main-wrapper", "select", "skip-link", "summary-list", "table",
    "table-container", "table-responsive", "tag", "textarea", "u-visually-hidden", "width-container",
}
CLASS = re.compile(r"\.nhsuk-([a-z]+(?:-[a-z]+)*)")
UNUSED_PARTS = re.compile(
    r"__(?:logo|search|menu|actions|account|icon|organisation|transactional)|--white|--nhs|data-v-"
)


def is_used(selector):
    """Whether every component that a selector names is one of ours."""
    if "logo" in selector or UNUSED_PARTS.search(selector):
        return False
    return all(name in COMPONENTS for name in CLASS.findall(selector))


def trimmed(rules):
    """The rules that pages use, as CSS text."""
    out = []
    for rule in rules:
        if rule.type == "at-rule":
            if rule.lower_at_keyword == "font-face":
                continue
            if rule.content is not None and rule.lower_at_keyword in ("media", "supports"):
                inner = tinycss2.parse_rule_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                body = trimmed(inner)
                if body:
                    out.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{body}}}")
                continue
            out.append(rule.serialize())
        elif rule.type == "qualified-rule":
            selectors = tinycss2.serialize(rule.prelude).split(",")
            kept = [selector for selector in selectors if is_used(selector)]
            if kept:
                out.append(f"{','.join(kept)}{{{tinycss2.serialize(rule.content)}}}")
    return "".join(out)


def main():
    sheet = sys.stdin.read()
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    sys.stdout.write(trimmed(rules).replace("Frutiger W01,", ""))


main()
