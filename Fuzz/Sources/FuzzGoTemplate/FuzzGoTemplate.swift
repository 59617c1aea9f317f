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

/// SwiftPM begins a program at a function named after its module; libFuzzer's own `main` is left out for it.
@_cdecl("FuzzGoTemplate_main")
public func begin(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, fuzzGoTemplate)
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
