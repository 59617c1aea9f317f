public import Diagnostics
public import ModelfileSuperset
public import ModelfileSyntax

/// Files in the superset: what is wrong with them is found in the plain Modelfiles that they compile to, and told where it was
/// written.
extension Linter {
    /// What is wrong with a program: the main file first, then the files that it draws in.
    ///
    /// - Parameters:
    ///   - target: the target to look at; nil looks at all of them.
    ///   - facts: what the disk knows about the sources of a plain Modelfile.
    public func check(
        _ program: ModelfileProgram, target: String? = nil, facts: (ModelfileSyntaxTree) -> SourceFacts
    ) throws(TargetError) -> [DiagnosedText] {
        try program.check(target: target)
        guard !program.isPlain else { return [DiagnosedText(program.root.source, check(program.root, facts: facts(program.root)))] }
        let own = Suppressions(program.root).filter(program.root.diagnostics).map { (file: 0, diagnostic: $0) }
        var found = own + program.diagnostics
        let targets = try target.map { name throws(TargetError) in [try program.compile(target: name)] } ?? program.compileAll()
        for compiled in targets {
            found += compiled.diagnostics
            found += check(compiled.tree, facts: facts(compiled.tree)).compactMap(compiled.original)
        }
        return program.gathered(found.compactMap { file, diagnostic in leveled(diagnostic).map { (file, $0) } })
    }
}
