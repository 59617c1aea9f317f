import Bytes
import GGUF

/// Writes GGUF headers field by field, right or wrong, for tests of the reader.
struct GGUFBuilder {
    var writer = ByteWriter()

    init(magic: String = "GGUF", version: UInt32 = 3, tensors: UInt64 = 0, pairs: UInt64 = 0) {
        writer.write(contentsOf: magic.utf8)
        writer.write(version)
        writer.write(tensors)
        writer.write(pairs)
    }

    func string(_ text: String, claiming length: UInt64? = nil) -> GGUFBuilder {
        var copy = self
        copy.writer.write(length ?? UInt64(text.utf8.count))
        copy.writer.write(contentsOf: text.utf8)
        return copy
    }

    func u8(_ value: UInt8) -> GGUFBuilder { with { $0.write(value) } }
    func u32(_ value: UInt32) -> GGUFBuilder { with { $0.write(value) } }
    func u64(_ value: UInt64) -> GGUFBuilder { with { $0.write(value) } }
    func zeros(_ count: Int) -> GGUFBuilder { with { $0.write(contentsOf: repeatElement(UInt8(0), count: count)) } }
    func aligned(_ alignment: Int = 32) -> GGUFBuilder { with { $0.pad(to: alignment) } }

    func tensor(_ name: String, _ extents: [UInt64], type: UInt32 = 0, offset: UInt64 = 0, dimensions: UInt32? = nil) -> GGUFBuilder
    {
        var copy = string(name).u32(dimensions ?? UInt32(extents.count))
        for extent in extents { copy = copy.u64(extent) }
        return copy.u32(type).u64(offset)
    }

    private func with(_ change: (inout ByteWriter) -> Void) -> GGUFBuilder {
        var copy = self
        change(&copy.writer)
        return copy
    }

    func read() throws(GGUFError) -> GGUFFile { try GGUFFile(ByteRegion(writer.bytes), name: "test.gguf") }
}
