"""Executes runs on the workers of a Dask cluster, with the same results as on this machine."""

from verideck.run.cluster.client import ClusterExecutor

__all__ = ["ClusterExecutor"]
