import Compute
import TestSupport
import Testing

@Suite struct SystemMemoryTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    private static let machine = "MemTotal:       24000000 kB\nMemFree:  100 kB\nMemAvailable:   20000000 kB\n"

    private func available(_ membership: String, _ information: String = machine) -> (Int, SystemMemory.Limit)? {
        SystemMemory.available(information: information, membership: membership, mount: folder.path)
            .map { ($0.byteCount, $0.limit) }
    }

    private func write(_ text: String, to name: String) throws { try folder.write(Array((text + "\n").utf8), to: name) }

    @Test func `without groups it is what the machine has available`() throws {
        let found = try #require(available("0::/a\n"))
        #expect(found == (20_000_000 * 1024, .machine))
        #expect(available("0::/a\n", "MemFree: 12 kB\n") == nil)
        #expect(available("0::/a\n", "MemAvailable: lots\n") == nil)
    }

    @Test func `a limit of version 2 less what is used, files not counted`() throws {
        try write("1000000000", to: "a/memory.max")
        try write("700000000", to: "a/memory.current")
        try write("anon 1\nactive_file 100000000\ninactive_file 50000000\nshmem 3", to: "a/memory.stat")
        try write("max", to: "a/b/memory.max")
        let found = try #require(available("0::/a/b\n"))
        #expect(found == (450_000_000, .controlGroup))
    }

    @Test func `a limit of version 1, and the number that means none`() throws {
        try write("9223372036854771712", to: "memory/memory.limit_in_bytes")
        try write("1", to: "memory/memory.usage_in_bytes")
        #expect(try #require(available("4:memory:/x\n")) == (20_000_000 * 1024, .machine))
        try write("2000000000", to: "memory/x/memory.limit_in_bytes")
        try write("500000000", to: "memory/x/memory.usage_in_bytes")
        try write("inactive_file 1\ntotal_inactive_file 200000000\ntotal_active_file 100000000", to: "memory/x/memory.stat")
        #expect(try #require(available("4:memory:/x\n3:cpu:/\n")) == (1_800_000_000, .controlGroup))
    }

    @Test func `a group that is over its limit has nothing left`() throws {
        try write("1000", to: "memory.max")
        try write("5000", to: "memory.current")
        #expect(try #require(available("0::/\n")) == (0, .controlGroup))
    }

    @Test func `this process holds memory`() {
        #expect(SystemMemory.residentByteCount() > 1_000_000)
        #expect(SystemMemory.peakByteCount() >= SystemMemory.residentByteCount())
    }
}
