"""The faults, by what breaks."""

from tests.e2e.catalogue import certificates, containers, etcd, ports, proxies

FAULTS = [*ports.FAULTS, *proxies.FAULTS, *etcd.FAULTS, *certificates.FAULTS, *containers.FAULTS]
