"""The pages of a negotiation as a browser without a script meets them: read, fill in, press."""

from bs4 import BeautifulSoup


def page(answer):
    return BeautifulSoup(answer.text, "html.parser")


def fields(answer, form_action_ends=None):
    """What the form on the page would post."""
    forms = page(answer).select("main form")
    if form_action_ends:
        forms = [one for one in forms if one["action"].endswith(form_action_ends)]
    found = {}
    for one in forms[0].select("input, textarea, select"):
        name = one.get("name")
        if not name:
            continue
        if one.name == "textarea":
            found[name] = one.text.lstrip("\r\n")
        elif one.name == "select":
            chosen = [option["value"] for option in one.select("option[selected]")]
            if one.has_attr("multiple"):
                found[name] = chosen
            else:
                found[name] = (chosen or [one.select_one("option")["value"]])[0]
        elif one.get("type") in {"checkbox", "radio"}:
            if one.has_attr("checked"):
                there = [found[name]] if isinstance(found.get(name), str) else found.get(name, [])
                value = one.get("value", "y")
                found[name] = [*there, value] if there else value
        else:
            found[name] = one.get("value", "")
    return found


def press(client, address, step, **more):
    """What is sent to be signed is sent from the page that says what it changes."""
    shown = client.get(f"{address}/consequences" if step == "ask-to-sign" else address)
    answer = client.post(f"{address}/steps/{step}", data=fields(shown, f"/steps/{step}") | more)
    assert answer.status_code in {303, 422}, answer.text
    return answer


def propose(client, address, key, **said):
    shown = client.get(f"{address}/sections/{key}")
    assert shown.status_code == 200
    form = fields(shown, f"/sections/{key}")
    return client.post(f"{address}/sections/{key}", data=form | said)


def errors(answer):
    return [one.text for one in page(answer).select(".form-error-message")]
