"""Walking distances in Dortmund against pandana, from node to node since pandana enters at nodes."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from planning.walking import Snapped, build_network, walking_distances

NO_WAY_M = 4e6  # pandana says 4,294,967.295 m where there is no way


def _pandana():
    with warnings.catch_warnings():
        # pandana and what it imports warn of deprecated calls of their own while loading.
        warnings.simplefilter("ignore")
        return pytest.importorskip(
            "pandana", reason="pandana has no build for this interpreter", exc_type=ImportError
        )


def _at_nodes(edges, net, nodes):
    """Place points on nodes of the table, at an end of any edge that has the node."""
    ends = pd.concat([edges["u"], edges["v"]], ignore_index=True)
    row = pd.Series(np.arange(len(ends)), index=ends).groupby(level=0).first().reindex(nodes).to_numpy()
    edge = (row % len(edges)).astype(np.int32)
    along = np.where(row < len(edges), 0.0, net.length_m[edge])
    nowhere = np.zeros(len(nodes))
    return Snapped(edge, along, nowhere, nowhere.astype(bool))


def _middle(area, half_m=3500.0):
    """Return nodes and edges of a square in the middle of the city: all of it takes pandana long to build."""
    x, y = area.nodes["x"].to_numpy(), area.nodes["y"].to_numpy()
    inside = (np.abs(x - area.cells["x"].mean()) < half_m) & (np.abs(y - area.cells["y"].mean()) < half_m)
    number = np.cumsum(inside) - 1
    u, v = area.edges["u"].to_numpy(), area.edges["v"].to_numpy()
    edges = area.edges[inside[u] & inside[v]].reset_index(drop=True)
    nodes = area.nodes[inside].reset_index(drop=True)
    return nodes, edges.assign(u=number[edges["u"]].astype(np.int32), v=number[edges["v"]].astype(np.int32))


def test_agrees_within_a_metre_from_node_to_node(dortmund):
    pandana = _pandana()
    rng = np.random.default_rng(20261123)
    nodes, edges = _middle(dortmund)
    linked = np.unique(edges[["u", "v"]].to_numpy())
    origins, targets = rng.choice(linked, 20, replace=False), rng.choice(linked, 100, replace=False)
    with warnings.catch_warnings():
        # pandana 0.7 uses pandas in ways that newer pandas deprecates.
        warnings.simplefilter("ignore")
        other = pandana.Network(
            nodes["x"], nodes["y"], edges["u"], edges["v"], edges[["length_m"]], twoway=True
        )
        pairs = np.repeat(origins, len(targets)), np.tile(targets, len(origins))
        theirs = np.array(other.shortest_path_lengths(*pairs)).reshape(len(origins), len(targets)).T
    net = build_network(nodes, edges)
    ours = walking_distances(net, _at_nodes(edges, net, origins), _at_nodes(edges, net, targets), np.inf)
    reached = np.isfinite(ours)
    assert reached.sum() >= 1000
    assert np.abs(ours[reached] - theirs[reached]).max() < 1.0
    assert (theirs[~reached] > NO_WAY_M).all()
