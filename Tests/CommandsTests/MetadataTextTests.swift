import Commands
import GGUF
import Testing

@Suite("Metadata on one line")
struct MetadataTextTests {
    @Test("arrays are cut after about ten columns and say how many are left")
    func arrays() {
        #expect(MetadataText.of(.array(.int32([1, 2, 3]))) == "[1 2 3]")
        #expect(MetadataText.of(.array(.int32(Array(repeating: 1, count: 2048)))) == "[1 1 1 ...+2045 more]")
        #expect(MetadataText.of(.array(.int32([123_456_789, 5]))) == "[123456789 ...+1 more]")
        #expect(MetadataText.of(.strings(["漢字", "漢字", "x"])) == "[漢字 ...+2 more]")
        #expect(MetadataText.of(.strings([])) == "[]")
    }

    @Test("single values stand as they are; texts are cut at a hundred columns")
    func values() {
        #expect(MetadataText.of(.uint32(1_048_576)) == "1048576")
        #expect(MetadataText.of(.bool(true)) == "true")
        #expect(MetadataText.of(.string("a b")) == "a b")
        #expect(MetadataText.of(.string(String(repeating: "x", count: 200))).count == 100)
    }
}
