"""All candidates × all cells of Dortmund within 30 minutes' walk (2,250 m): ours, networkx and pandana.

Run it with ``python tests/benchmarks/bench_walking.py [--sample N]``. Every engine runs in a process of its
own on the same tables, so that its peak memory is its own. What each one does:

ours
    Network, snapping to edges, bounded search, full table of distances.
networkx
    Graph, nearest node by KD-tree, ``single_source_dijkstra_path_length`` with a cutoff from each candidate's
    node. With ``--sample`` from so many candidates only, the search time scaled up to all: the table says so.
pandana range
    Network (contraction hierarchies), ``get_node_ids``, ``nodes_in_range``, joined with the cells' nodes: the
    fastest way we found to ask pandana for many to many within a limit.
pandana pairs
    The same network; ``shortest_path_lengths`` for the pairs within 2,250 m as the crow flies, the call its
    documentation offers for many pairs.

networkx and pandana enter at nodes, which is less work than entering at edges.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

ROOT = Path(__file__).parents[2]
LIMIT_M = 2250.0
ENGINES = ("ours", "networkx", "pandana range", "pandana pairs")


class Clock:
    """Seconds by step."""

    def __init__(self):
        self.steps = {}
        self.last = time.perf_counter()

    def lap(self, step):
        now = time.perf_counter()
        self.steps[step] = now - self.last
        self.last = now


def ours(area, _sample):
    from planning.walking import build_network, snap, walking_distances

    clock = Clock()
    net = build_network(area.nodes, area.edges)
    clock.lap("build")
    rooms, cells = snap(net, area.candidates[["x", "y"]]), snap(net, area.cells[["x", "y"]])
    clock.lap("snap")
    metres = walking_distances(net, rooms, cells, LIMIT_M)
    clock.lap("search")
    return clock.steps, int(np.isfinite(metres).sum()), ""


def networkx(area, sample):
    import networkx as nx

    clock = Clock()
    edges, graph = area.edges, nx.Graph()
    for u, v, metres in zip(
        edges["u"].tolist(), edges["v"].tolist(), edges["length_m"].tolist(), strict=True
    ):
        if not graph.has_edge(u, v) or graph[u][v]["weight"] > metres:
            graph.add_edge(u, v, weight=metres)
    clock.lap("build")
    tree = cKDTree(area.nodes[["x", "y"]].to_numpy())
    rooms = tree.query(area.candidates[["x", "y"]].to_numpy())[1]
    cells = tree.query(area.cells[["x", "y"]].to_numpy())[1]
    clock.lap("snap")
    chosen = rooms if sample is None else np.random.default_rng(0).choice(rooms, sample, replace=False)
    found = 0
    for room in chosen.tolist():
        metres = nx.single_source_dijkstra_path_length(graph, room, cutoff=LIMIT_M, weight="weight")
        row = np.array([metres.get(cell, np.inf) for cell in cells.tolist()])
        found += int(np.isfinite(row).sum())
    clock.lap("search")
    clock.steps["search"] *= len(rooms) / len(chosen)
    note = "" if sample is None else f"search scaled up from {sample} of {len(rooms)} candidates"
    return clock.steps, round(found * len(rooms) / len(chosen)), note


def _pandana_network(area, clock):
    import pandana

    clock.last = time.perf_counter()
    edges = area.edges
    net = pandana.Network(
        area.nodes["x"], area.nodes["y"], edges["u"], edges["v"], edges[["length_m"]], twoway=True
    )
    clock.lap("build")
    rooms = net.get_node_ids(area.candidates["x"], area.candidates["y"]).to_numpy()
    cells = net.get_node_ids(area.cells["x"], area.cells["y"]).to_numpy()
    clock.lap("snap")
    return net, rooms, cells


def pandana_range(area, _sample):
    clock = Clock()
    net, rooms, cells = _pandana_network(area, clock)
    reached = net.nodes_in_range(np.unique(rooms), LIMIT_M)
    wanted = pd.DataFrame({"destination": cells, "cell": np.arange(len(cells))})
    starts = pd.DataFrame({"source": rooms, "room": np.arange(len(rooms))})
    pairs = reached.merge(wanted, on="destination").merge(starts, on="source")
    metres = np.full((len(cells), len(rooms)), np.inf, dtype=np.float32)
    metres[pairs["cell"], pairs["room"]] = pairs["length_m"]
    clock.lap("search")
    return clock.steps, int(np.isfinite(metres).sum()), ""


def pandana_pairs(area, _sample):
    clock = Clock()
    net, rooms, cells = _pandana_network(area, clock)
    xy = area.nodes[["x", "y"]].to_numpy()
    near = cKDTree(xy[rooms]).query_ball_tree(cKDTree(xy[cells]), LIMIT_M)
    room = np.repeat(np.arange(len(rooms)), [len(row) for row in near])
    cell = np.concatenate([np.array(row, dtype=np.intp) for row in near])
    lengths = np.array(net.shortest_path_lengths(rooms[room], cells[cell]))
    metres = np.full((len(cells), len(rooms)), np.inf, dtype=np.float32)
    metres[cell, room] = np.where(lengths <= LIMIT_M, lengths, np.inf)
    clock.lap("search")
    return clock.steps, int(np.isfinite(metres).sum()), ""


def run_one(engine, sample):
    """Run one engine and print its figures as JSON in the last line."""
    from planning.area import load_area

    area = load_area()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with warnings.catch_warnings():
        # The other engines call deprecated parts of pandas; that is theirs to mend.
        warnings.simplefilter("ignore")
        steps, reached, note = globals()[engine.replace(" ", "_")](area, sample)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    size = len(area.candidates), len(area.cells)
    figures = {"steps": steps, "reached": reached, "note": note, "peak": peak, "before": before, "size": size}
    print(json.dumps(figures))


def _run(engine, sample):
    command = [sys.executable, __file__, "--engine", engine]
    command += ["--sample", str(sample)] if sample else []
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, check=False)
    with contextlib.suppress(IndexError, json.JSONDecodeError):
        return json.loads(done.stdout.splitlines()[-1])
    print(f"{engine}: left out ({(done.stderr.strip().splitlines() or ['no output'])[-1]})")
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, help="candidates that networkx searches from (default: all)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each engine; the fastest is shown")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        run_one(args.engine, args.sample)
        return
    results = {}
    for engine in ENGINES:
        runs = [_run(engine, args.sample) for _ in range(args.repeat)]
        if all(runs):
            results[engine] = min(runs, key=lambda run: sum(run["steps"].values()))
    rooms, cells = results["ours"]["size"]
    print(f"Seconds, fastest of {args.repeat} runs:")
    print(f"{rooms} candidates x {cells} cells within {LIMIT_M:,.0f} m, {os.cpu_count()} cores")
    print(
        f"{'engine':<15}{'build':>8}{'snap':>8}{'search':>9}{'total':>9}{'total/ours':>12}{'search/ours':>13}"
        f"{'peak MB':>9}{'+MB':>7}{'pairs':>10}"
    )
    own = results["ours"]["steps"]
    for engine, figures in results.items():
        steps, total = figures["steps"], sum(figures["steps"].values())
        print(
            f"{engine:<15}{steps['build']:>8.2f}{steps['snap']:>8.2f}{steps['search']:>9.2f}{total:>9.2f}"
            f"{total / sum(own.values()):>11.1f}x{steps['search'] / own['search']:>12.1f}x"
            f"{figures['peak'] / 1024:>9.0f}{(figures['peak'] - figures['before']) / 1024:>7.0f}"
            f"{figures['reached']:>10}  {figures['note']}"
        )
    print("Pairs differ: networkx and pandana enter at the nearest node and leave out the way there.")


if __name__ == "__main__":
    main()
