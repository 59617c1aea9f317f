import JSONText
import JinjaTemplate

/// Any bytes as a Jinja template: it parses or says why not, and what parses ends, whatever it asks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJinja(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    var limits = JinjaLimits.default
    (limits.steps, limits.outputBytes, limits.elements) = (50_000, 1 << 18, 10_000)
    do {
        let program = try JinjaProgram(text, name: "fuzz", limits: limits)
        _ = try program.renderBytes(conversation, now: JinjaTime(secondsSince1970: 1_700_000_000))
    } catch {
        precondition(!error.description.isEmpty, "an error without a word")
    }
    return 0
}

private let conversation: JSONObject = [
    "messages": [["role": "user", "content": "hi"], ["role": "assistant", "content": "ho"]], "bos_token": "<s>",
    "eos_token": "</s>", "add_generation_prompt": true, "tools": nil,
]

/// SwiftPM begins a program at a function named after its module; libFuzzer's own `main` is left out for it.
@_cdecl("FuzzJinja_main")
public func begin(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments, fuzzJinja)
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ fuzz: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32
