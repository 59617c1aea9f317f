import Automata

/// Shapes of objects, made ready to be read.
extension JSONMachine {
    func index(of shape: ObjectShape) -> Int32 {
        if let known = objectShapeIndices[shape] { return known }
        let table = compiler.table
        let named = table.union(shape.order.map { compiler.everyEncoding(of: $0.text) })
        let usable = shape.order.filter { isPossible(shape.names[$0] ?? .nothing) }
        let nodes = usable.map { shape.names[$0] ?? .nothing }
        let plan = ObjectPlan(
            shape: shape, names: usable, nodes: nodes, required: usable.map { shape.required.contains($0) },
            requiredCount: shape.required.count,
            spellings: usable.enumerated().map { index, name in
                table.sequence([compiler.spellings(of: [name.text]), table.jsonQuote, table.literal(KeyTag.bytes(index))])
            },
            options: zip(usable, nodes).map { name, node in
                let text = compiler.encoded(name)
                return options(of: shape, node) { table.accepts(text, in: $0) }
            },
            others: split(shape).filter { isPossible($0.node) }.compactMap { otherKeys($0, shape, named) },
            named: automaton.state(for: quoted(named)))
        let index = Int32(objectShapes.count)
        objectShapes.append(plan)
        objectShapeIndices[shape] = index
        return index
    }

    /// The shape's classes of keys, cut where those of its `some` begin and end.
    private func split(_ shape: ObjectShape) -> [ObjectShape.KeyClass] {
        let table = compiler.table
        return shape.some.reduce(shape.classes) { classes, some in
            classes.flatMap { each -> [ObjectShape.KeyClass] in
                let inside = table.jsonStrings(in: each.keys, and: some.keys)
                if inside == each.keys { return [each] }
                return [inside, table.difference(each.keys, some.keys)].filter { !table.isEmpty($0) }
                    .map { .init(keys: $0, node: each.node) }
            }
        }
    }

    /// The ways in which a property whose value is in `node` can meet the shape's `some`: one of them, or several at once.
    private func options(of shape: ObjectShape, _ node: SchemaNode, _ hasKey: (Language) -> Bool) -> Int32 {
        let possible = shape.some.indices.filter { hasKey(shape.some[$0].keys) }
        guard !possible.isEmpty else { return 0 }
        // Past a few, each by itself and all together: less is let through than might be.
        let choices =
            possible.count <= 5 ? Array(1..<(1 << possible.count)) : possible.indices.map { 1 << $0 } + [(1 << possible.count) - 1]
        let options = choices.compactMap { choice -> KeyOption? in
            let met = possible.indices.filter { choice >> $0 & 1 == 1 }.map { possible[$0] }
            let both = compiler.all([node] + met.map { shape.some[$0].node })
            return isPossible(both) ? KeyOption(bits: met.reduce(0) { $0 | 1 << UInt64($1) }, node: both) : nil
        }
        return keyOptions.index(of: options)
    }

    /// Keys of a class that are none of the names, nil where it has no others.
    private func otherKeys(_ keys: ObjectShape.KeyClass, _ shape: ObjectShape, _ named: Language) -> OtherKeys? {
        let table = compiler.table
        let options = options(of: shape, keys.node) { $0 == keys.keys || !table.isEmpty(table.jsonStrings(in: $0, and: keys.keys)) }
        // Where keys go on for ever a name is found out at its end. Elsewhere it might be all that is left.
        if table.isOpenEnded(keys.keys) {
            let state = automaton.state(for: quoted(keys.keys))
            return OtherKeys(state: state, node: keys.node, mayBeNamed: named != .nothing, options: options)
        }
        let state = automaton.state(for: quoted(table.difference(keys.keys, named)))
        guard state != ByteAutomaton.dead else { return nil }
        return OtherKeys(state: state, node: keys.node, mayBeNamed: false, options: options)
    }

    /// Whether what an object still has to have can come: each `some` that no property has met.
    func canMeetAll(_ progress: ObjectProgress) -> Bool {
        let plan = objectShapes[Int(progress.shape)]
        let missing = plan.allMet & ~progress.met
        guard missing != 0 else { return true }
        if let maximum = plan.shape.maximum, Int(progress.count) >= maximum { return false }
        var possible: UInt64 = 0
        for other in plan.others { for option in keyOptions[other.options] { possible |= option.bits } }
        for name in plan.names.indices where !progress.has(name) {
            for option in keyOptions[plan.options[name]] { possible |= option.bits }
        }
        return missing & ~possible == 0
    }
}

extension JSONMachine.ObjectPlan {
    /// A bit for each of the shape's `some`.
    var allMet: UInt64 { shape.some.isEmpty ? 0 : (1 << UInt64(shape.some.count)) - 1 }
}
