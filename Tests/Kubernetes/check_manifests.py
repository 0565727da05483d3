#!/usr/bin/env python3
"""Checks the manifests of deploy/kubernetes against the schemas of Kubernetes and KEDA, and against our programs.

The schemas come from PyPI: kubernetes-validate has those of Kubernetes, cloudcoil's models are made of KEDA's custom
resource definitions. What no schema says is checked here: that one part's names are another's, that times fit, that our
programs take the configuration and tell the metrics by which KEDA scales. Ends with status 0 only if everything held.
"""

import pathlib
import re
import sys
import urllib.request

import kubernetes_validate
import yaml
from cloudcoil.models.keda import v1alpha1 as keda

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Conformance"))
from programs import Programs, expect_equal, free_ports, is_up, run, until  # noqa: E402

FOLDER = ROOT / "deploy" / "kubernetes"
KUBERNETES = ["1.32", kubernetes_validate.latest_version()]
# KEDA's documentation, "Redis Lists" and "Prometheus": what a trigger of the type may say, and what it must.
TRIGGERS = {
    "redis": ({"address", "host", "port", "addressFromEnv", "usernameFromEnv", "passwordFromEnv", "listName", "listLength",
               "activationListLength", "enableTLS", "unsafeSsl", "databaseIndex"}, {"listName", "address"}),
    "prometheus": ({"serverAddress", "query", "queryParameters", "threshold", "activationThreshold", "namespace",
                    "cortexOrgID", "customHeaders", "ignoreNullValues", "unsafeSsl", "timeout", "authModes"},
                   {"serverAddress", "query", "threshold"}),
}
NUMBERS = {"listLength", "activationListLength", "databaseIndex", "threshold", "activationThreshold"}
WORKLOADS = ["gateway", "worker"]


class Unique(yaml.SafeLoader):
    """Takes no key twice, as the API server does not."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key twice {node.start_mark}"
        return super().construct_mapping(node, deep)


def load(path):
    return [document for document in yaml.load_all(path.read_text(), Loader=Unique) if document]


def resources(kustomization):
    """All that a folder brings, those that it builds upon included."""
    found = []
    for name in load(kustomization / "kustomization.yaml")[0]["resources"]:
        path = (kustomization / name).resolve()
        assert path.exists(), f"{path} is missing"
        found += resources(path) if path.is_dir() else load(path)
    return found


BASE = resources(FOLDER / "base")
SCALED = {folder.name: resources(folder) for folder in sorted((FOLDER / "keda").iterdir())}
CONFIGURATION = load(FOLDER / "base" / "config.yaml")[0]
README = (FOLDER / "README.md").read_text()


def one(kind, name, among=BASE):
    matching = [each for each in among if each["kind"] == kind and each["metadata"]["name"] == name]
    expect_equal(len(matching), 1, f"number of {kind} {name}")
    return matching[0]


def pod(name):
    return one("Deployment", name)["spec"]["template"]["spec"]


def container(name):
    each, = pod(name)["containers"]
    return each


def no_file_is_left_out():
    """every file belongs to a folder that kubectl can apply"""
    used = set()
    for path in FOLDER.rglob("kustomization.yaml"):
        kustomization = load(path)[0]
        expect_equal(kustomization["apiVersion"], "kustomize.config.k8s.io/v1beta1", f"apiVersion of {path}")
        unknown = set(kustomization) - {"apiVersion", "kind", "namespace", "labels", "resources", "images",
                                        "configMapGenerator"}
        assert not unknown, f"{path}: unknown fields {unknown}"
        files = [file for each in kustomization.get("configMapGenerator", []) for file in each["files"]]
        used |= {(path.parent / name).resolve() for name in kustomization["resources"] + files} | {path.resolve()}
    left = {path.resolve() for path in FOLDER.rglob("*.yaml")} - used
    assert not left, f"in no kustomization: {left}"


def kubernetes_takes_them():
    """the schemas of Kubernetes take every resource, and know every field"""
    for version in KUBERNETES:
        for each in BASE:
            kubernetes_validate.validate(each, version, strict=True)
    broken = one("Deployment", "worker") | {"spec": {"replica": 2}}
    try:
        kubernetes_validate.validate(broken, KUBERNETES[0], strict=True)
    except kubernetes_validate.ValidationError:
        return
    raise AssertionError("a field that there is not was not noticed")


def keda_takes_them():
    """the schemas of KEDA take every resource of it, and know every field"""
    models = {"ScaledObject": keda.ScaledObject, "TriggerAuthentication": keda.TriggerAuthentication}
    for folder, all_of in SCALED.items():
        own = [each for each in all_of if each["apiVersion"] == "keda.sh/v1alpha1"]
        assert own, f"{folder} has nothing of KEDA"
        for each in own:
            model = models[each["kind"]].model_validate(each)
            understood = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
            expect_equal(understood["spec"], each["spec"], f"what KEDA reads of {folder}/{each['kind']}")


def triggers_are_as_documented():
    """triggers say what their types know, in texts, and are told apart by their names"""
    for folder, all_of in SCALED.items():
        triggers = one("ScaledObject", "worker", all_of)["spec"]["triggers"]
        names = [trigger["name"] for trigger in triggers]
        expect_equal(len(set(names)), len(names), f"different names in {folder}")
        for trigger in triggers:
            known, needed = TRIGGERS[trigger["type"]]
            said = trigger["metadata"]
            assert needed <= set(said) <= known, f"{folder}/{trigger['name']}: {set(said)}"
            for key in NUMBERS & set(said):
                assert float(said[key]) >= 0, f"{folder}/{trigger['name']}: {key}"
            if "ignoreNullValues" in said:
                assert said["ignoreNullValues"] in ("true", "false")
            if reference := trigger.get("authenticationRef"):
                one("TriggerAuthentication", reference["name"], all_of)


def scaling_is_sane():
    """each queue has a trigger, pods come at once and go slowly, and a signal that is missing does not take them away"""
    queues = set(CONFIGURATION["worker"]["queues"])
    for folder, all_of in SCALED.items():
        spec = one("ScaledObject", "worker", all_of)["spec"]
        one("Deployment", spec["scaleTargetRef"]["name"], all_of)
        assert "replicas" not in one("Deployment", "worker")["spec"], "each apply would set the pods back"
        text = yaml.dump(spec["triggers"])
        asked = set(re.findall(r"listName: (\S+)", text)) | set(re.findall(r'queue="([^"]+)"', text))
        expect_equal(asked, queues, f"queues of {folder}")
        assert 1 <= spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
        behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
        expect_equal(behavior["scaleUp"]["stabilizationWindowSeconds"], 0, "time before pods come")
        assert 300 <= behavior["scaleDown"]["stabilizationWindowSeconds"] <= 3600
        # KEDA refuses a fallback without one.
        assert any(each.get("metricType", "AverageValue") == "AverageValue" for each in spec["triggers"])


def busy_pods_are_kept():
    """the pods that are wanted for the places that are taken leave a part of each free"""
    triggers = one("ScaledObject", "worker", SCALED["pickup-latency"])["spec"]["triggers"]
    threshold, = [float(each["metadata"]["threshold"]) for each in triggers if each["name"] == "places-taken"]
    assert 0.5 <= threshold / CONFIGURATION["worker"]["autoscale_max"] <= 0.9


def names_fit():
    """selectors, ports, volumes and secrets name what there is"""
    secrets = set(re.findall(r"--from-(?:file|literal)=(\w+)", README))
    for name in WORKLOADS:
        deployment = one("Deployment", name)
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        budget = one("PodDisruptionBudget", name)
        for selector in (deployment["spec"]["selector"], budget["spec"]["selector"]):
            expect_equal(selector["matchLabels"], labels, f"selector of {name}")
        one_, spec = container(name), pod(name)
        volumes = {each["name"]: each for each in spec["volumes"]}
        expect_equal({each["name"] for each in one_["volumeMounts"]}, set(volumes), f"volumes of {name}")
        for each in one_["env"]:
            if "valueFrom" in each:
                assert each["valueFrom"]["secretKeyRef"]["key"] in secrets, each
            elif each["name"].endswith("_FILE"):
                folder, key = each["value"].rsplit("/", 1)
                expect_equal(folder, "/run/secrets/ai-assistant", each["name"])
                assert key in secrets, f"README.md creates no {key}"
    service = one("Service", "gateway")
    expect_equal(service["spec"]["selector"], one("Deployment", "gateway")["spec"]["selector"]["matchLabels"], "Service")
    assert service["spec"]["ports"][0]["targetPort"] in {each["name"] for each in container("gateway")["ports"]}
    for folder in SCALED.values():
        for each in folder:
            if each["kind"] == "TriggerAuthentication":
                assert {ref["key"] for ref in each["spec"]["secretTargetRef"]} <= secrets


def probes_ask_what_is_there():
    """probes and scrapes ask the ports of the configuration, and for a restart never about Redis"""
    for name in WORKLOADS:
        each = container(name)
        port, = each["ports"]
        expect_equal(port["containerPort"], CONFIGURATION[name]["port"], f"port of {name}")
        for probe, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
            expect_equal(each[probe]["httpGet"], {"path": path, "port": port["name"]}, f"{probe} of {name}")
        notes = one("Deployment", name)["spec"]["template"]["metadata"]["annotations"]
        expect_equal(notes["prometheus.io/port"], str(port["containerPort"]), "scraped port")


def ends_are_long_enough():
    """a pod has as long to end as its grace period, what comes before it and ten seconds more"""
    for name in WORKLOADS:
        before = container(name).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        needed = CONFIGURATION[name]["grace_period"] + before + 10
        assert pod(name)["terminationGracePeriodSeconds"] >= needed, f"{name} needs {needed} s"


def pods_are_confined():
    """pods run as nobody, write nowhere but to their scratch, and have no rights and a bound"""
    for name in WORKLOADS:
        spec, each = pod(name), container(name)
        assert spec["automountServiceAccountToken"] is False
        expect_equal(spec["securityContext"]["runAsNonRoot"], True, name)
        expect_equal(spec["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"}, name)
        expect_equal(each["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                               "capabilities": {"drop": ["ALL"]}}, name)
        assert "memory" in each["resources"]["limits"] and set(each["resources"]["requests"]) == {"cpu", "memory"}
        for volume in spec["volumes"]:
            if "emptyDir" in volume:
                assert "sizeLimit" in volume["emptyDir"]


def our_programs_take_it():
    """a worker with this configuration and secrets in files is ready, and tells the metrics by which KEDA scales"""
    with Programs() as programs:
        url, _ = programs.start_redis()
        port, = free_ports(1)
        secrets = programs.folder / "secrets"
        secrets.mkdir()
        settings = {"AI_ASSISTANT_CONFIG": str(FOLDER / "base" / "config.yaml"), "FEISHU_APP_ID": "cli_0123456789abcdef",
                    "WORKER_PORT": str(port)}
        for each in container("worker")["env"]:
            if each["name"].endswith("_FILE"):
                path = secrets / each["value"].rsplit("/", 1)[1]
                path.write_text({"REDIS_URL_FILE": url, "PLUGINS_KEY_FILE": "0f" * 32}.get(each["name"], "text"))
                settings[each["name"]] = str(path)
        programs.start("worker", "worker", settings)
        until(lambda: is_up(f"http://127.0.0.1:{port}/readyz"), "the worker is ready")
        triggers = one("ScaledObject", "worker", SCALED["pickup-latency"])["spec"]["triggers"]
        names = {name for each in triggers for name in re.findall(r"\b(\w+)\{", each["metadata"]["query"])}
        # A histogram is there once something was observed.
        names = {name.removesuffix("_bucket") for name in names if not name.endswith("_bucket")}
        assert len(names) >= 2, names

        def page():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                return answer.read().decode()

        for name in names:
            until(lambda name=name: re.search(rf"^{name}(\{{| )", page(), re.MULTILINE), f"metric {name}")
        for queue in CONFIGURATION["worker"]["queues"]:
            until(lambda queue=queue: f'queue_oldest_seconds{{queue="{queue}"}}' in page(), f"metrics of {queue}")
        expect_equal(re.findall(r"^worker_places (\d+)$", page(), re.MULTILINE),
                     [str(CONFIGURATION["worker"]["autoscale_min"])], "places at the start")


run([no_file_is_left_out, kubernetes_takes_them, keda_takes_them, triggers_are_as_documented, scaling_is_sane,
     busy_pods_are_kept, names_fit, probes_ask_what_is_there, ends_are_long_enough, pods_are_confined,
     our_programs_take_it])
