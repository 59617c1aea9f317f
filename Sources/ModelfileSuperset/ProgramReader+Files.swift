import Diagnostics
import ModelfileSyntax

/// INCLUDE, and texts behind `@`.
extension ProgramReader {
    mutating func include(_ syntax: InstructionSyntax, _ file: Int) {
        guard let value = syntax.value, let (path, place) = path(compose(value, file), at: value.range, file) else { return }
        if let start = open.firstIndex(of: path) {
            let chain = (open[start...] + [path]).map { $0.isEmpty ? source(0).name : $0 }.joined(separator: " → ")
            report(
                Diagnostic(
                    .endlessInclude, "'\(path.isEmpty ? source(0).name : path)' includes itself", at: place,
                    notes: chain.contains(" → ") ? [Diagnostic.Note(chain)] : []), in: file)
            return
        }
        guard open.count < Self.depthLimit, program.files.count < Self.fileLimit else {
            let limit =
                open.count < Self.depthLimit ? "more than \(Self.fileLimit) files" : "more than \(Self.depthLimit) files deep"
            report(Diagnostic(.endlessInclude, "\(limit) are included here", at: place), in: file)
            return
        }
        guard let bytes = bytes(path, at: place, file, "INCLUDE") else { return }
        let tree = ModelfileSyntaxTree(parsing: bytes, name: displayName(path), dialect: .quern1)
        let index = addFile(tree.source, path, site: ModelfileProgram.Site(file: file, range: place))
        for diagnostic in tree.diagnostics { report(diagnostic, in: index) }
        open.append(path)
        read(tree, file: index)
        open.removeLast()
    }

    /// The text of a file behind `@`, nil where the value is no such reference. One newline at the file's end is its own.
    mutating func fileText(_ syntax: InstructionSyntax, _ value: ValueSyntax, _ file: Int) -> ComposedText? {
        guard [.template, .system, .license].contains(syntax.instruction), value.quoting == .bare else { return nil }
        let whole = value.text.range
        let bytes = source(file).bytes[whole]
        guard bytes.first == 0x40, bytes.count > 1, !bytes.contains(0x20), !bytes.contains(0x09) else { return nil }
        let written = whole.lowerBound + 1..<whole.upperBound
        var text = ComposedText()
        guard let (path, place) = path(compose(written, file), at: written, file),
            let content = self.bytes(path, at: place, file, "\(syntax.instruction.keyword) @")
        else {
            text.append(bytes, Origin(file, whole, .unknown))
            return text
        }
        let decoded = ModelfileDecoding.decode(content, name: displayName(path))
        let index = addFile(decoded.source, path, site: ModelfileProgram.Site(file: file, range: value.range))
        for diagnostic in decoded.diagnostics { report(diagnostic, in: index) }
        var end = decoded.source.count
        if decoded.source.bytes.last == 0x0A { end -= decoded.source.bytes.suffix(2).first == 0x0D && end > 1 ? 2 : 1 }
        text.append(decoded.source.bytes[..<end], Origin(index, 0..<end, .verbatim))
        return text
    }

    private mutating func addFile(_ source: SourceText, _ path: String, site: ModelfileProgram.Site) -> Int {
        program.files.append(ModelfileProgram.File(source: source, path: path, site: site))
        return program.files.count - 1
    }

    /// What a file is called in messages: its path as seen from where the main file was named.
    private func displayName(_ path: String) -> String {
        let folder = FolderPath.folder(of: source(0).name)
        return source(0).name.hasPrefix("/") && folder.isEmpty ? "/" + path : folder.isEmpty ? path : "\(folder)/\(path)"
    }

    /// The path from the main file's folder of what a file names; nil, reported, where it lies outside.
    private mutating func path(
        _ text: ComposedText, at place: SourceRange, _ file: Int
    ) -> (path: String, place: SourceRange)? {
        // What lacks a part was reported.
        guard text.pieces.allSatisfy({ $0.origin.kind != .unknown }) else { return nil }
        guard text.count > 0 else {
            report(Diagnostic(.missingInclude, "no path is given", at: place), in: file)
            return nil
        }
        let written = text.text
        guard let path = FolderPath.resolve(written, from: FolderPath.folder(of: program.files[file].path)) else {
            reportOutside(written, at: place, file)
            return nil
        }
        return (path, place)
    }

    private mutating func reportOutside(_ path: String, at place: SourceRange, _ file: Int) {
        var diagnostic = Diagnostic(
            .includeOutside, "'\(path)' lies outside of the Modelfile's folder", at: place,
            notes: [Diagnostic.Note("files can be drawn in only from the folder of '\(source(0).name)' and the folders inside it")])
        if path.contains("\\") {
            diagnostic.message = "'\(path)': a path is written with /"
            diagnostic.notes = []
            if !path.contains(":"), !path.hasPrefix("\\") {
                diagnostic.fixIts = [.replace(place, with: String(path.map { $0 == "\\" ? "/" : $0 }))]
            }
        }
        report(diagnostic, in: file)
    }

    private mutating func bytes(_ path: String, at place: SourceRange, _ file: Int, _ owner: String) -> [UInt8]? {
        do {
            let bytes = try provider.bytes(path)
            guard bytes.count <= Self.byteLimit, composed + bytes.count <= Self.byteLimit else {
                throw FileProvider.Problem.unusable("larger than \(Self.byteLimit) bytes")
            }
            composed += bytes.count
            return bytes
        } catch let problem as FileProvider.Problem {
            switch problem {
            case .missing: report(Diagnostic(.missingInclude, "there is no file '\(displayName(path))'", at: place), in: file)
            case .outside: reportOutside(path, at: place, file)
            case .unusable(let why):
                report(Diagnostic(.missingInclude, "'\(displayName(path))' cannot be read: \(why)", at: place), in: file)
            }
        } catch {
            report(Diagnostic(.missingInclude, "'\(displayName(path))' cannot be read", at: place), in: file)
        }
        return nil
    }
}
