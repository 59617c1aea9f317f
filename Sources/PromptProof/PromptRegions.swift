public import ChatPrompt

/// A stretch of a prompt: the words of a message, or the frame that the template puts round them.
public struct PromptRegion: Sendable, Equatable {
    /// Byte offsets into the prompt.
    public let range: Range<Int>
    /// The role of the message whose words these are; nil for the frame.
    public let role: String?

    /// Cuts a prompt at the contents of its messages. Regions follow one another without gaps.
    ///
    /// A content that stands in several places is looked for behind the one before it first.
    public static func regions(of prompt: [UInt8], _ messages: [ChatMessage]) -> [PromptRegion] {
        var found: [PromptRegion] = []
        var cursor = 0
        for message in messages {
            for text in [message.thinking, message.content].map({ Array($0.trimmingWhiteSpace.utf8) }) where !text.isEmpty {
                guard let place = prompt[cursor...].firstRange(of: text) ?? prompt[..<cursor].firstRange(of: text),
                    !found.contains(where: { $0.range.overlaps(place) })
                else { continue }
                found.append(PromptRegion(range: place, role: message.role))
                cursor = max(cursor, place.upperBound)
            }
        }
        var regions: [PromptRegion] = []
        var end = 0
        for region in found.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            if region.range.lowerBound > end { regions.append(PromptRegion(range: end..<region.range.lowerBound, role: nil)) }
            regions.append(region)
            end = region.range.upperBound
        }
        if end < prompt.count { regions.append(PromptRegion(range: end..<prompt.count, role: nil)) }
        return regions
    }
}
