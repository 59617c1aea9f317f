/// The print family and the escapers.
extension BuiltinFunctions {
    static let text: [String: TemplateFunction] = [
        "print": TemplateFunction(rest: .any) { arguments, context throws(TemplateFunction.Refusal) in
            .string(TemplateString(try printed(arguments, context)))
        },
        "println": TemplateFunction(rest: .any) { arguments, context throws(TemplateFunction.Refusal) in
            do { return .string(TemplateString(try GoFormat.println(arguments, limit: context.outputBytes))) } catch {
                throw tooLong(context)
            }
        },
        "printf": TemplateFunction([.string], rest: .any) { arguments, context throws(TemplateFunction.Refusal) in
            guard case .string(let pattern) = arguments[0] else { throw TemplateFunction.Refusal("no format") }
            let values = Array(arguments.dropFirst())
            do { return .string(TemplateString(try GoFormat.printf(pattern.bytes, values, limit: context.outputBytes))) } catch {
                throw tooLong(context)
            }
        },
        "html": escaper(escapeHTML),
        "js": escaper(escapeJS),
        "urlquery": escaper(escapeQuery),
    ]

    static func tooLong(_ context: TemplateCallContext) -> TemplateFunction.Refusal {
        TemplateFunction.Refusal("text longer than the limit of \(context.outputBytes) bytes")
    }

    private static func printed(
        _ arguments: [TemplateValue], _ context: TemplateCallContext
    ) throws(TemplateFunction.Refusal) -> [UInt8] {
        do { return try GoFormat.print(arguments, limit: context.outputBytes) } catch { throw tooLong(context) }
    }

    private static func escaper(_ escape: @escaping @Sendable ([UInt8]) -> [UInt8]) -> TemplateFunction {
        TemplateFunction(rest: .any) { arguments, context throws(TemplateFunction.Refusal) in
            // What is nil prints as no value here, as it does when a template writes it.
            let shown = arguments.map { if case .null = $0 { TemplateValue.text("<no value>") } else { $0 } }
            let output = escape(try printed(shown, context))
            if output.count > context.outputBytes { throw tooLong(context) }
            return .string(TemplateString(output))
        }
    }

    @Sendable private static func escapeHTML(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""): output += "&#34;".utf8
            case UInt8(ascii: "'"): output += "&#39;".utf8
            case UInt8(ascii: "&"): output += "&amp;".utf8
            case UInt8(ascii: "<"): output += "&lt;".utf8
            case UInt8(ascii: ">"): output += "&gt;".utf8
            case 0: output += "\u{FFFD}".utf8
            default: output.append(byte)
            }
        }
        return output
    }

    @Sendable private static func escapeJS(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            let (scalar, width, _) = GoQuote.decode(bytes, at: offset)
            switch scalar {
            case "\\": output += "\\\\".utf8
            case "'": output += "\\'".utf8
            case "\"": output += "\\\"".utf8
            case "<", ">", "&", "=": output += ("\\u" + GoQuote.hex(scalar.value, digits: 4).uppercased()).utf8
            case _ where scalar.isASCII && scalar.value >= 0x20: output.append(UInt8(scalar.value))
            case _ where !scalar.isASCII && GoQuote.isPrintable(scalar): output += bytes[offset..<(offset + width)]
            default: output += ("\\u" + GoQuote.hex(scalar.value, digits: 4).uppercased()).utf8
            }
            offset += width
        }
        return output
    }

    @Sendable private static func escapeQuery(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                output.append(byte)
            case UInt8(ascii: " "): output.append(UInt8(ascii: "+"))
            default: output += ("%" + GoQuote.hex(UInt32(byte), digits: 2).uppercased()).utf8
            }
        }
        return output
    }
}
