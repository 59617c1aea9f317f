import Batch

/// A batch's summary as a table: an output a row.
struct BatchTable {
    let summary: BatchSummary

    var text: String {
        var table = TextTable()
        table.gap = 2
        table.add(["INPUT", "OUTPUT", "TYPE", "STATE", "SIZE", "BPW", "SECONDS", "SHA256"])
        for record in summary.records {
            if record.outputs.isEmpty { table.add([record.input, "", "", state(record.status)]) }
            for (index, output) in record.outputs.enumerated() {
                let isWhole = !output.digest.isEmpty
                table.add([
                    index == 0 ? record.input : "", output.file, output.type, state(output.status),
                    isWhole ? HumanFormat.bytes(output.byteCount) : "",
                    isWhole ? HumanFormat.fixed(output.bitsPerWeight, 2) : "",
                    index == 0 ? HumanFormat.fixed(record.seconds, 1) : "", String(output.digest.prefix(16)),
                ])
            }
        }
        return table.text + problems + counts + "\n"
    }

    private func state(_ status: JobRecord.Status) -> String { status == .failed ? "FAILED" : status.rawValue }

    private var problems: String {
        summary.records.map { record in
            let lines =
                (record.problem.map { ["\(record.input): \($0)"] } ?? [])
                + record.outputs.compactMap { output in output.problem.map { "\(output.file): \($0)" } }
            return lines.map { "error: \($0.withoutControls)\n" }.joined()
        }.joined()
    }

    private var counts: String {
        let words = [JobRecord.Status.done, .failed, .stopped, .running, .waiting].compactMap { status -> String? in
            let count = summary.count(status)
            return count == 0 && status != .done ? nil : "\(count) \(status.rawValue)"
        }
        let jobs = summary.records.count == 1 ? "1 job" : "\(summary.records.count) jobs"
        return "\(jobs): \(words.joined(separator: ", "))"
            + (summary.seconds > 0 ? " in \(HumanFormat.fixed(summary.seconds, 1)) s" : "")
    }
}
