"""`samspil bench`. What measures is loaded only here: web and worker have no use for it."""

import json
import os

import click


@click.command("bench")
@click.option("--json", "as_json", is_flag=True, help="The figures by name instead of a table.")
@click.option("--rounds", default=300, show_default=True, help="Of each timed comparison.")
@click.option("--database", help="What is measured; else SAMSPIL_DATABASE.")
@click.option("--few", help="Database with few packages, for growth; else the same.")
@click.option("--between", multiple=True, help="Databases between the two, for growth.")
@click.option("--worst", default=0, help="Name so many of the lists that grow most.")
@click.option("--projects", is_flag=True, help="Of projects and a council's page instead.")
def commands(
    as_json: bool,
    rounds: int,
    database: str,
    few: str,
    between: tuple[str, ...],
    worst: int,
    projects: bool,
) -> None:
    """Measure P1 to P7, P9, P10, P12 and P13. It writes: only on a database made for measuring."""
    from portal.bench import figures
    from portal.bench import projects as of_projects
    from portal.bench.measured import Unmeasurable

    large = database or os.environ.get("SAMSPIL_DATABASE", "samspil")
    goals = figures.GOALS
    growths: dict[str, float] = {}
    try:
        if projects:
            found, goals = of_projects.measure(large, rounds), of_projects.GOALS
        else:
            databases = [*dict.fromkeys([few or large, *between, large])]
            found, growths = figures.measure(databases, rounds)
    except Unmeasurable as why:
        raise click.ClickException(str(why)) from None
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        click.echo(figures.row(name, value, goals))
    for name, growth in sorted(growths.items(), key=lambda pair: -pair[1])[:worst]:
        click.echo(f"  {growth:6.2f} × the buffers: {name}")
