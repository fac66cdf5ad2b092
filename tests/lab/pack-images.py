"""Packs locally built binaries as docker-archive images under the names that kubeadm asks for.

Usage: pack-images.py BINARIES OUTPUT VERSION
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

REGISTRY = "k8s.gcr.io"
XTABLES = "/usr/lib/x86_64-linux-gnu/xtables"
SHELL_TOOLS = ("sh", "ls", "cat", "sleep", "wget", "nslookup", "ping")


def with_libraries(programs):
    """The programs and every shared library that they load, each at its own path."""
    files = {}
    for program in programs:
        files[program] = os.path.realpath(program)
        for word in subprocess.run(["ldd", program], capture_output=True, text=True).stdout.split():
            if word.startswith("/") and os.path.exists(word):
                files[word] = os.path.realpath(word)
    return files


class Layer:
    """One layer of an image, as a tar archive in memory."""

    def __init__(self):
        self.buffer = io.BytesIO()
        self.archive = tarfile.open(fileobj=self.buffer, mode="w")
        self.folders = set()

    def folder(self, path):
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts) + 1):
            name = "/".join(parts[:depth])
            if name and name not in self.folders:
                self.folders.add(name)
                entry = tarfile.TarInfo(name)
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                self.archive.addfile(entry)

    def file(self, path, source):
        self.folder(os.path.dirname(path))
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.mode, entry.size = 0o755, os.path.getsize(source)
        with open(source, "rb") as content:
            self.archive.addfile(entry, content)

    def link(self, path, target):
        self.folder(os.path.dirname(path))
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.type, entry.linkname = tarfile.SYMTYPE, target
        self.archive.addfile(entry)

    def close(self):
        self.archive.close()
        return self.buffer.getvalue()


def pack(output, name, files, links=(), folders=(), entrypoint=None):
    """Writes OUTPUT/NAME.tar with one layer."""
    layer = Layer()
    for path in folders:
        layer.folder(path)
    for path, source in sorted(files.items()):
        layer.file(path, source)
    for path, target in links:
        layer.link(path, target)
    data = layer.close()
    settings = {"Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}
    if entrypoint:
        settings["Entrypoint"] = [entrypoint]
    config = json.dumps({
        "architecture": "amd64",
        "os": "linux",
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(data).hexdigest()]},
    }).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": config_name, "RepoTags": [f"{REGISTRY}/{name}"], "Layers": ["layer.tar"]}]
    target = os.path.join(output, name.replace(":", "_") + ".tar")
    with tarfile.open(target, "w") as archive:
        for path, content in (
            (config_name, config),
            ("layer.tar", data),
            ("manifest.json", json.dumps(manifest).encode()),
        ):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    print(target, len(data) >> 20, "MiB")


def main(binaries, output, version):
    os.makedirs(output, exist_ok=True)
    shell = {"/bin/busybox": "/bin/busybox"}
    shell_links = [(f"/bin/{tool}", "busybox") for tool in SHELL_TOOLS]

    for component in ("kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        files = {f"/usr/local/bin/{component}": f"{binaries}/{component}"}
        pack(output, f"{component}:{version}", files, folders=["/tmp", "/etc"])

    etcd = with_libraries(["/usr/bin/etcd", "/usr/bin/etcdctl"])
    pack(output, "etcd:3.4.13-0", {**etcd, **shell}, shell_links, ["/tmp"])

    tools = ("xtables-nft-multi", "xtables-legacy-multi", "conntrack", "ipset")
    proxy = with_libraries([f"/usr/sbin/{tool}" for tool in tools])
    proxy.update({f"{XTABLES}/{name}": f"{XTABLES}/{name}" for name in os.listdir(XTABLES)})
    proxy["/usr/local/bin/kube-proxy"] = f"{binaries}/kube-proxy"
    iptables = [
        (f"/usr/sbin/{family}{action}", "xtables-legacy-multi")
        for family in ("iptables", "ip6tables")
        for action in ("", "-save", "-restore")
    ]
    folders = ["/tmp", "/run", "/etc", "/lib/modules"]
    pack(output, f"kube-proxy:{version}", {**proxy, **shell}, shell_links + iptables, folders)

    pause = f"{binaries}/pause"
    pack(output, "pause:3.2", {"/pause": pause}, entrypoint="/pause")
    pack(output, "coredns:1.7.0", {"/coredns": pause})


if __name__ == "__main__":
    main(*sys.argv[1:4])
