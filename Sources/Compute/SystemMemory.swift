// How much memory this process may still take, by what the system and its control groups say.

/// Memory that is there to be used.
public enum SystemMemory {
    /// What limits it.
    public enum Limit: String, Sendable {
        case machine = "this machine"
        case controlGroup = "the control group"
    }

    /// Bytes that can be taken without anybody swapping, pages of files that can be read again included; nil where the system
    /// does not say.
    public static func available() -> (byteCount: Int, limit: Limit)? {
        available(
            information: ControlGroups.text(of: "/proc/meminfo"), membership: ControlGroups.ownMembership,
            mount: ControlGroups.mount)
    }

    /// - Parameters:
    ///   - information: `/proc/meminfo`.
    ///   - membership, mount: as `ThreadPool.processorQuota` has them.
    package static func available(information: String, membership: String, mount: String) -> (byteCount: Int, limit: Limit)? {
        let groups = ControlGroups(membership: membership, mount: mount)
        let rooms =
            groups.folders(of: "memory", version: .two).compactMap { room($0, limit: "memory.max", usage: "memory.current") }
            + groups.folders(of: "memory", version: .one).compactMap {
                room($0, limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes")
            }
        let machine = kibibytes("MemAvailable:", in: information)
        guard let tightest = rooms.min() else { return machine.map { ($0, .machine) } }
        guard let machine, machine <= tightest else { return (tightest, .controlGroup) }
        return (machine, .machine)
    }

    /// A group's limit less what it uses, not counting pages of files, which go when room is needed; nil for no limit.
    private static func room(_ folder: String, limit: String, usage: String) -> Int? {
        guard let limit = ControlGroups.number(of: folder + "/" + limit),
            let usage = ControlGroups.number(of: folder + "/" + usage),
            // Version 1 writes a number beyond all memory where there is no limit.
            limit >= 0, limit < 1 << 60, usage >= 0
        else { return nil }
        var files = 0
        // Version 1's own lines count this group alone, those with "total_" the groups inside it too.
        var counted: [String: Int] = [:]
        for line in ControlGroups.text(of: folder + "/memory.stat").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let count = Int(words[1]), count >= 0 { counted[String(words[0])] = count }
        }
        for name in ["active_file", "inactive_file"] { files += min(counted["total_" + name] ?? counted[name] ?? 0, 1 << 60) }
        return max(limit - max(usage - files, 0), 0)
    }

    /// The most memory that this process has held so far, bytes; 0 where the system does not say.
    public static func peakByteCount() -> Int { kibibytes("VmHWM:", in: ControlGroups.text(of: "/proc/self/status")) ?? 0 }

    /// The memory that this process holds now, bytes; 0 where the system does not say.
    public static func residentByteCount() -> Int { kibibytes("VmRSS:", in: ControlGroups.text(of: "/proc/self/status")) ?? 0 }

    /// The number of a line such as `MemAvailable:   20000000 kB`, in bytes.
    private static func kibibytes(_ name: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count >= 2, let count = Int(words[1]), count >= 0, count < 1 << 50 else { return nil }
            return count * 1024
        }
        return nil
    }
}
