// How many threads this process may keep busy: the affinity mask and the control groups' processor quota.
import CLinux
import Glibc

extension ThreadPool {
    /// As many threads as the affinity mask has processors and the control groups' quota pays for, rounded down, at least one.
    public static func defaultThreadCount() -> Int {
        let processors = Int(quern_allowed_processors())
        guard let quota = processorQuota(membership: textOfFile("/proc/self/cgroup"), mount: "/sys/fs/cgroup") else {
            return processors
        }
        return max(1, min(processors, Int(quota)))
    }

    /// The tightest processor quota, in processors, of the control groups that hold the process; nil for none.
    ///
    /// - Parameters:
    ///   - membership: `/proc/self/cgroup`: lines of `id:controllers:path`, version 2's with id 0 and no controllers.
    ///   - mount: where the hierarchies are mounted: version 2 there or in `unified`, version 1 in a folder per controller.
    package static func processorQuota(membership: String, mount: String) -> Double? {
        var quotas: [Double] = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let (controllers, path) = (fields[1], String(fields[2]))
            if controllers.isEmpty {
                for root in [mount, mount + "/unified"] { quotas += limits(root: root, path: path, read: quotaOfVersion2) }
            } else if controllers.split(separator: ",").contains("cpu") {
                for root in [mount + "/cpu", mount + "/\(controllers)"] {
                    quotas += limits(root: root, path: path, read: quotaOfVersion1)
                }
            }
        }
        return quotas.min()
    }

    /// The quotas of a group and of all groups above it: each of them limits what is inside.
    private static func limits(root: String, path: String, read: (String) -> Double?) -> [Double] {
        var parts = path.split(separator: "/")
        var quotas: [Double] = []
        while true {
            // A container may see its own group as the mount's root under a path from outside; missing folders say nothing.
            if let quota = read(([root[...]] + parts).joined(separator: "/")) { quotas.append(quota) }
            if parts.popLast() == nil { return quotas }
        }
    }

    /// `cpu.max`: "quota period" in microseconds, or "max period".
    private static func quotaOfVersion2(folder: String) -> Double? {
        let words = textOfFile(folder + "/cpu.max").split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else { return nil }
        return quota > 0 && period > 0 ? quota / period : nil
    }

    /// `cpu.cfs_quota_us`, -1 for no limit, of `cpu.cfs_period_us`.
    private static func quotaOfVersion1(folder: String) -> Double? {
        func number(_ name: String) -> Double? {
            textOfFile(folder + "/" + name).split(separator: "\n").first.flatMap { Double($0) }
        }
        guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else { return nil }
        return quota > 0 && period > 0 ? quota / period : nil
    }

    /// The text of a small file, empty where it cannot be read.
    private static func textOfFile(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
