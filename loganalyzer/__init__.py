"""tkelog: names the root cause in the logs of a TKEStack or kubeadm cluster."""

__version__ = "0.1.0"
