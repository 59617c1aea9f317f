import Diagnostics
import Testing

@Suite struct ParameterRangeTests {
    @Test func `values without sense are pointed at`() {
        expect(
            "FROM x\nPARAMETER top_p «90»\nPARAMETER temperature «-1»\nPARAMETER num_ctx «0»\n", .parameterOutOfRange,
            [
                "parameter 'top_p' wants a number from 0 to 1, not 90", "parameter 'temperature' wants 0 or more, not -1",
                "parameter 'num_ctx' wants at least 1, not 0",
            ])
    }

    @Test func `the edges of a range belong to it`() {
        expectNothing(
            "FROM x\nPARAMETER top_p 1\nPARAMETER min_p 0\nPARAMETER num_predict -2\nPARAMETER repeat_last_n -1\nPARAMETER seed -5\n",
            .parameterOutOfRange)
    }
}
