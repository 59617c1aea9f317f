import ChatPrompt

/// What a model's own template makes of a conversation: the prompt to measure others by.
struct ReferencePrompt {
    let trace: PromptTrace
    /// The same without the beginning of an answer; nil where the template does not make one.
    let withoutGenerationPrompt: [UInt8]?
    /// What stands for a picture, where the conversation has one and the template shows it.
    let picture: [UInt8]?

    init(_ template: JinjaChatTemplate, _ proofCase: ProofCase, _ think: ThinkSetting) throws(ChatPromptError) {
        let messages = proofCase.messages
        let hasImages = messages.contains { $0.imageCount > 0 }
        let isBegun = proofCase.features.contains(.begunAnswer)
        let whole = try template.trace(
            messages, tools: proofCase.tools, think: think, addsGenerationPrompt: !isBegun, showsImages: hasImages)
        if isBegun {
            trace = try Self.cut(whole, after: messages.last?.content ?? "")
            withoutGenerationPrompt = nil
        } else {
            trace = whole
            withoutGenerationPrompt =
                try? template.trace(
                    messages, tools: proofCase.tools, think: think, addsGenerationPrompt: false, showsImages: hasImages
                ).bytes
        }
        guard hasImages else {
            picture = nil
            return
        }
        let plain = messages.map { message in
            var message = message
            message.imageCount = 0
            return message
        }
        let bare = try template.trace(plain, tools: proofCase.tools, think: think)
        guard let inserted = Self.insertion(in: whole.bytes, over: bare.bytes) else {
            throw .shape(path: "prompt", found: "no place for a picture", wanted: "one: the template does not know pictures")
        }
        picture = inserted
    }

    /// The prompt up to the end of the answer that was begun.
    private static func cut(_ trace: PromptTrace, after content: String) throws(ChatPromptError) -> PromptTrace {
        guard let place = trace.bytes.ranges(of: Array(content.utf8)).last else {
            throw .shape(path: "prompt", found: "no trace of the last answer", wanted: "its text")
        }
        return trace.prefix(place.upperBound)
    }

    /// What `text` has over `plain`, where that is one stretch.
    private static func insertion(in text: [UInt8], over plain: [UInt8]) -> [UInt8]? {
        guard text.count > plain.count else { return nil }
        let prefix = zip(text, plain).prefix { $0 == $1 }.count
        let end = text.count - (plain.count - prefix)
        return text[end...].elementsEqual(plain[prefix...]) ? Array(text[prefix..<end]) : nil
    }
}

extension PromptTrace {
    /// The prompt with every `[img-N]` as the model's own template writes pictures.
    func replacingImageTags(with picture: [UInt8]) -> PromptTrace {
        var result = PromptTrace()
        for span in spans {
            var bytes: [UInt8] = []
            var rest = self.bytes[span.output]
            while let place = rest.firstRange(of: Array("[img-".utf8)), let end = rest[place.upperBound...].firstIndex(of: 0x5D) {
                bytes += rest[..<place.lowerBound] + picture
                rest = rest[(end + 1)...]
            }
            bytes += rest
            result.append(bytes, [Span(output: 0..<bytes.count, source: span.source, isText: span.isText)])
        }
        return result
    }
}
