import GoTemplate
import JSONText

/// Any bytes as a Go template: it parses or says where it does not, and what parses ends, whatever it asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGoTemplate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    var limits = TemplateLimits.default
    (limits.steps, limits.outputBytes) = (50_000, 1 << 18)
    do {
        let template = try ParsedTemplate(text, functions: .ollama(today: { 20_000 }), limits: limits)
        _ = (template.identifiers, template.calledFunctions)
        _ = try template.renderBytes(conversation)
    } catch {
        let range = error.fault.range
        precondition(range.lowerBound >= 0 && range.upperBound <= text.utf8.count, "a range outside of the text")
    }
    return 0
}

private let conversation: TemplateValue = [
    "System": "be short", "Prompt": "hi", "Response": "",
    "Messages": [["Role": "user", "Content": "hi"], ["Role": "assistant", "Content": "ho"]],
]
