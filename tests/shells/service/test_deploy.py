"""The files in `deploy/` match the service."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import promql_parser
import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from attrs import fields
from lightkube.codecs import from_dict

from adjudicator.service.monitoring import metrics
from adjudicator.service.settings import PREFIX, Settings

TOP: Final = Path(__file__).parents[3]
DEPLOY: Final = TOP / "deploy"
MANIFESTS: Final = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
LABELS: Final = {"app.kubernetes.io/name": "adjudicator"}


def document(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def deployment() -> Any:
    return document(DEPLOY / "kubernetes/deployment.yaml")["spec"]["template"]["spec"]


# Kubernetes


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_has_only_fields_that_its_kind_has(path: Path) -> None:
    manifest = document(path)
    resource: Any = from_dict(manifest)
    assert resource.to_dict() == manifest
    assert manifest["metadata"]["name"] == "adjudicator"
    assert manifest["metadata"]["labels"] == LABELS


def test_the_kustomization_has_every_manifest() -> None:
    kustomization = document(DEPLOY / "kubernetes/kustomization.yaml")
    assert kustomization["resources"] == [path.name for path in MANIFESTS]
    (image,) = kustomization["images"]
    (container,) = deployment()["containers"]
    assert container["image"] == image["name"]
    assert f'version = "{image["newTag"]}"' in (TOP / "pyproject.toml").read_text("utf-8")


def rendered(folder: Path) -> list[Any]:
    """The resources of a kustomization, as `kubectl apply --kustomize` sends them."""
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return list(yaml.safe_load_all(done.stdout))


def test_the_kustomization_renders_the_manifests_with_the_image_of_this_version() -> None:
    expected = [document(path) for path in MANIFESTS]
    (image,) = document(DEPLOY / "kubernetes/kustomization.yaml")["images"]
    for each in expected:
        for container in each.get("spec", {}).get("template", {}).get("spec", {}).get("containers", ()):
            container["image"] = f"{image['name']}:{image['newTag']}"
    found = rendered(DEPLOY / "kubernetes")
    assert sorted(found, key=lambda each: str(each["kind"])) == sorted(expected, key=lambda each: str(each["kind"]))
    assert all(from_dict(each) for each in found)


def test_everything_selects_the_pods() -> None:
    pods = document(DEPLOY / "kubernetes/deployment.yaml")["spec"]
    assert pods["selector"]["matchLabels"] == pods["template"]["metadata"]["labels"] == LABELS
    assert document(DEPLOY / "kubernetes/service.yaml")["spec"]["selector"] == LABELS
    for name, selector in (("disruption-budget", "selector"), ("network-policy", "podSelector")):
        assert document(DEPLOY / f"kubernetes/{name}.yaml")["spec"][selector]["matchLabels"] == LABELS


def test_the_pods_run_the_service_as_it_is_built_and_set_up() -> None:
    (container,) = deployment()["containers"]
    containerfile = (TOP / "Containerfile").read_text("utf-8")
    assert f"EXPOSE {container['ports'][0]['containerPort']}\n" in containerfile
    assert f"USER {deployment()['securityContext']['runAsUser']}\n" in containerfile
    assert f'CMD ["{container["args"][0]}"]' in containerfile
    known = {PREFIX + each.name.upper() for each in fields(Settings)}
    settings = document(DEPLOY / "kubernetes/configmap.yaml")["data"]
    assert {*settings, *(each["name"] for each in container["env"])} <= known
    probes = {container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"/healthz", "/readyz"}


def test_a_pod_has_time_to_finish_its_requests() -> None:
    (container,) = deployment()["containers"]
    _, pause = container["lifecycle"]["preStop"]["exec"]["command"]
    shutdown = document(DEPLOY / "kubernetes/configmap.yaml")["data"]["ADJUDICATOR_SHUTDOWN_SECONDS"]
    assert deployment()["terminationGracePeriodSeconds"] > int(pause) + int(shutdown)


# Prometheus and Grafana


def rules() -> list[Any]:
    (group,) = document(DEPLOY / "prometheus/alerts.yaml")["groups"]
    return list(group["rules"])


def panels() -> list[Any]:
    return list(json.loads((DEPLOY / "grafana/dashboard.json").read_text("utf-8"))["panels"])


def queries() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    for panel in panels():
        yield from (target["expr"].replace("$__rate_interval", "5m") for target in panel["targets"])


def exposed() -> dict[str, set[str]]:
    """The labels of every series of the service, by name."""
    series: dict[str, set[str]] = {}
    for metric in set(metrics.REGISTRY._names_to_collectors.values()):
        labels = set(getattr(metric, "_labelnames", ()))
        for described in metric.collect():
            endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(described.type, [""])
            series |= {
                described.name + ending: labels | ({"le"} if ending == "_bucket" else set()) for ending in endings
            }
    return series


@pytest.mark.parametrize("query", [*queries()])
def test_a_query_asks_for_series_and_labels_that_there_are(query: str) -> None:
    recorded = {rule["record"]: set[str]() for rule in rules() if "record" in rule}
    known = exposed() | recorded
    selected: list[Any] = []

    def visit(expression: Any) -> None:
        if isinstance(expression, promql_parser.VectorSelector):
            selected.append(expression)

    promql_parser.walk(promql_parser.parse(query), visit)
    assert selected
    for selector in selected:
        assert selector.name in known
        assert {each.name for each in selector.matchers.matchers} <= known[selector.name]
    grouped = {name.strip() for names in re.findall(r"by \(([^)]*)\)", query) for name in names.split(",")}
    assert grouped <= set().union(*(known[selector.name] for selector in selected))


def test_an_alert_says_how_bad_it_is_and_what_to_do() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert {alert["labels"]["severity"] for alert in alerts} == {"page", "ticket"}
    assert all(alert["annotations"].keys() == {"summary", "description"} for alert in alerts)


def test_every_metric_is_on_the_page_and_on_the_dashboard() -> None:
    page = (TOP / "docs/running.md").read_text("utf-8")
    shown = " ".join(queries())
    for name, labels in exposed().items():
        if name.endswith(("_sum", "_count", "_bucket")):
            name = name.rpartition("_")[0]  # noqa: PLW2901 - a histogram is one metric
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert all(f"`{label}`" in row for label in labels - {"le"})
        assert name in shown
