// Measuring how fast memory is read.
import Bytes
import CKernels
import Compute
import Testing

@Suite struct ReadBandwidthTests {
    @Test func regionsOfAnyLengthAreRead() throws {
        let pool = ThreadPool(threads: 2)
        let regions = [0, 1, 127, 70_000, 1 << 20].map { ByteRegion([UInt8](repeating: 7, count: $0)) }
        let speed = try #require(ReadBandwidth.measure(regions, pool: pool, repetitions: 2))
        #expect(speed > 0 && speed.isFinite)
        #expect(ReadBandwidth.measure([], pool: pool) == nil)
        #expect(ReadBandwidth.measure([ByteRegion([])], pool: pool) == nil)
    }

    @Test(arguments: KernelTable.available()) func everyByteIsRead(table: KernelTable) {
        var bytes = [UInt8](repeating: 0, count: 1024)
        #expect(quern_read_memory(table.instructionSet, bytes, bytes.count) == 0)
        for position in [0, 63, 64, 200, 1023] {
            bytes[position] = 1
            #expect(quern_read_memory(table.instructionSet, bytes, bytes.count) != 0)
            bytes[position] = 0
        }
    }
}
