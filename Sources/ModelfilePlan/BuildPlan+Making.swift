public import Diagnostics
public import ModelfileSyntax

extension BuildPlan {
    /// The plan that a Modelfile describes, and everything that is wrong with the file: what the parser found and what the
    /// instructions don't mean, in the order of the text. There is no plan where anything is an error.
    ///
    /// - Parameters:
    ///   - quantization: the type to quantize to, from the command line.
    ///   - draftQuantization: the same for the draft model.
    public static func make(
        from tree: ModelfileSyntaxTree, quantization: String? = nil, draftQuantization: String? = nil
    ) -> (plan: BuildPlan?, diagnostics: [Diagnostic]) {
        var builder = PlanBuilder(tree.source)
        for instruction in tree.instructions { builder.add(instruction) }
        builder.finish(
            hasFrom: tree.instructions.contains { $0.instruction == .from } || tree.diagnostics.contains(where: suggestsFrom))
        let diagnostics = (tree.diagnostics.map { explained($0, in: tree.source) } + builder.diagnostics).inTextOrder()
        guard !diagnostics.containsErrors else { return (nil, diagnostics) }
        var plan = builder.plan
        plan.quantization = quantization
        plan.draftQuantization = draftQuantization
        return (plan, diagnostics)
    }

    /// Whether a misspelt FROM has been reported, so that its absence need not be.
    private static func suggestsFrom(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.rule == .unknownInstruction && diagnostic.fixIts.contains { $0.edits.contains { $0.text == "FROM" } }
    }

    /// Stray text that begins with a parameter's name lacks the word PARAMETER; the parser doesn't know the names.
    private static func explained(_ diagnostic: Diagnostic, in source: SourceText) -> Diagnostic {
        guard diagnostic.rule == .strayText else { return diagnostic }
        let start = diagnostic.range.lowerBound
        let name = source.text(in: diagnostic.range).prefix { !$0.isWhitespace && $0 != "=" && $0 != ":" }
        guard ParameterTable.named(String(name)) != nil else { return diagnostic }
        var explained = diagnostic
        explained.message += ", did you mean 'PARAMETER \(name)'?"
        explained.fixIts = [.insert("PARAMETER ", at: start, "write 'PARAMETER' before it")]
        return explained
    }
}
