"""What a machine and a project use: CPU, memory, GPUs, processes of simulations, files. Everything here only looks."""

from gymdash_jupyter.resource_usage.disk import DiskScan, DiskUsage, FolderUsage
from gymdash_jupyter.resource_usage.monitor import ResourceMonitor
from gymdash_jupyter.resource_usage.own_process import OwnProcessReader, OwnUsage
from gymdash_jupyter.resource_usage.sampler import ResourceSampler
from gymdash_jupyter.resource_usage.values import (
    DiskSpace,
    GpuUsage,
    MemoryUsage,
    ProcessUsage,
    ResourceUsage,
)

__all__ = [
    "DiskScan",
    "DiskSpace",
    "DiskUsage",
    "FolderUsage",
    "GpuUsage",
    "MemoryUsage",
    "OwnProcessReader",
    "OwnUsage",
    "ProcessUsage",
    "ResourceMonitor",
    "ResourceSampler",
    "ResourceUsage",
]
