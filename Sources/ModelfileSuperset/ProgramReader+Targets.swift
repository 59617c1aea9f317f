import Diagnostics
import ModelfileSyntax

/// FROM, which begins a target or adds a file to one.
extension ProgramReader {
    /// The first FROM begins a target, so does each that has a name or names a target; any other adds to the one being read.
    mutating func addFrom(_ syntax: InstructionSyntax, _ file: Int) {
        guard let value = syntax.value else { return }
        let (base, nameRange) = TargetName.split(value, in: source(file))
        let text = compose(base, file, isLiteral: value.quoting == .literalHeredoc)
        let parent = program.targets.firstIndex { $0.name != nil && $0.name == text.text }
        let name = nameRange.flatMap { checked($0, file) }
        if program.targets.isEmpty || nameRange != nil || parent != nil {
            let site = ModelfileProgram.Site(file: file, range: nameRange ?? value.range)
            program.targets.append(ModelfileProgram.Target(name: name, site: site, parent: parent))
        }
        add(
            EvaluatedInstruction(
                instruction: .from, syntax: syntax, file: file, argument: nil, value: text, namesTarget: parent != nil))
    }

    private mutating func checked(_ range: SourceRange, _ file: Int) -> String? {
        let name = source(file).text(in: range)
        guard TargetName.isValid(name) else {
            report(
                Diagnostic(
                    .invalidTarget, "a target's name is made of letters, digits, '-', '_' and '.', not '\(name)'", at: range),
                in: file)
            return nil
        }
        if let former = program.targets.first(where: { $0.name == name }) {
            report(
                Diagnostic(
                    .invalidTarget, "there is a target '\(name)' already", at: range,
                    notes: [note("the first one", former.site.range, former.site.file, from: file)]), in: file)
            return nil
        }
        return name
    }

    /// A FROM that names a target further down would mean a model of that name, which nobody wants.
    mutating func reportForwardTargets() {
        for target in program.targets {
            for from in target.instructions where from.instruction == .from && !from.namesTarget {
                guard let text = from.value?.text, let later = program.targets.first(where: { $0.name == text }),
                    let range = from.syntax.value.map({ TargetName.split($0, in: source(from.file)).base })
                else { continue }
                // FROM x AS x means the store's model x.
                guard later.site != target.site else { continue }
                report(
                    Diagnostic(
                        .invalidTarget, "target '\(text)' stands further down; a target builds on one above it", at: range,
                        notes: [note("the target", later.site.range, later.site.file, from: from.file)]),
                    in: from.file)
            }
        }
    }
}
