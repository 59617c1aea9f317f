public import JSONText

/// A Jinja template, parsed once and rendered as often as wanted.
///
///     let template = try JinjaProgram("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
///     let text = try template.render(["messages": [["role": "user", "content": "hi"]]])
///
/// The language is Jinja2 3.1's as transformers sets it up for chat templates. Values behave as Python's do; errors carry
/// Python's texts and a range in the template. Nothing but the context can be reached, and nothing in it can be changed.
public struct JinjaProgram: Sendable {
    public let name: String
    /// The text as it was given.
    public let source: String
    /// The tree, from first to last.
    public let statements: [JinjaStatement]
    public let limits: JinjaLimits
    let root: JinjaScope
    let layout: JinjaLayout
    private let bytes: [UInt8]
    /// Keys that the template asks for.
    private let keys: JinjaKeyTable

    public init(
        _ source: String, name: String = "template", whitespace: JinjaWhitespace = .transformers, limits: JinjaLimits = .default
    ) throws(JinjaError) {
        self.name = name
        self.source = source
        self.limits = limits
        bytes = Array(source.utf8)
        do throws(JinjaProblem) {
            if bytes.count > limits.sourceBytes {
                throw JinjaProblem.limit("a template of \(bytes.count) bytes, at most \(limits.sourceBytes) are read")
            }
            var lexer = JinjaLexer(bytes, options: whitespace)
            var parser = JinjaParser(tokens: try lexer.tokenize(), nestingLimit: limits.nesting)
            root = try parser.parse()
            keys = JinjaKeyTable(parser.names.keys)
            statements = root.body
            var builder = JinjaLayoutBuilder(nameCount: parser.nameCount, scopeCount: parser.scopeCount)
            layout = builder.build(root)
        } catch {
            throw error.error(at: 0..<0, name: name, source: bytes)
        }
    }

    /// The text that the template makes of a context, as bytes.
    ///
    /// - Parameter now: what `strftime_now` tells.
    public func renderBytes(_ context: JSONObject, now: JinjaTime = .epoch) throws(JinjaError) -> [UInt8] {
        var evaluator = JinjaEvaluator(program: self, context: converted(context), now: now)
        do throws(JinjaProblem) { return try evaluator.run() } catch {
            throw error.error(at: evaluator.position, name: name, source: bytes)
        }
    }

    private func converted(_ context: JSONObject) -> JinjaDict {
        var keys = keys
        return JinjaDict(context, &keys)
    }

    /// The same as text.
    public func render(_ context: JSONObject, now: JinjaTime = .epoch) throws(JinjaError) -> String {
        String(decoding: try renderBytes(context, now: now), as: UTF8.self)
    }

    /// The same bytes, and which node of the template wrote which of them.
    public func renderTraced(
        _ context: JSONObject, now: JinjaTime = .epoch
    ) throws(JinjaError) -> (bytes: [UInt8], spans: [JinjaSpan]) {
        var evaluator = JinjaEvaluator(program: self, context: converted(context), now: now, isTraced: true)
        do throws(JinjaProblem) {
            let output = try evaluator.run()
            return (output, evaluator.trace?.spans ?? [])
        } catch {
            throw error.error(at: evaluator.position, name: name, source: bytes)
        }
    }
}
