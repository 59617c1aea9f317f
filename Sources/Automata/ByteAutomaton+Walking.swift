/// Following all the texts of a tree at once.
extension ByteAutomaton {
    /// Calls `visit` at each node that texts reach without a dead end, in the tree's order. `visit` says whether to go on below the
    /// node; it must not ask the automaton, which has lent its rows.
    ///
    /// - Parameter range: nodes of the tree that are whole subtrees, side by side.
    @inlinable public func walk(
        _ tree: ByteTree, _ range: Range<Int>, from start: State, visit: (_ node: Int, _ state: State, _ traits: Traits) -> Bool
    ) {
        guard !range.isEmpty else { return }
        let nodes = tree.nodes
        let base = Int(nodes[range.lowerBound].depth)
        var states = [State](repeating: start, count: tree.depth - base + 2)
        var node = range.lowerBound
        // The rows are out of the object while the loop reads them: no other access can be in progress, so none is looked for.
        var rows: [State] = []
        var traits: [Traits] = []
        swap(&rows, &self.rows)
        swap(&traits, &self.traits)
        while node < range.upperBound {
            let each = nodes[node]
            let depth = Int(each.depth) - base
            let place = Int(states[depth]) << 8 | Int(each.byte)
            var next = rows[place]
            if next == ByteAutomaton.unknown {
                swap(&rows, &self.rows)
                swap(&traits, &self.traits)
                fill(states[depth])
                swap(&rows, &self.rows)
                swap(&traits, &self.traits)
                next = rows[place]
            }
            guard next != ByteAutomaton.dead, visit(node, next, traits[Int(next)]) else {
                node = Int(each.end)
                continue
            }
            states[depth + 1] = next
            node += 1
        }
        swap(&rows, &self.rows)
        swap(&traits, &self.traits)
    }
}
