import Diagnostics
import Testing

@Suite struct ParameterRangeTests {
    @Test func `values without sense are pointed at`() {
        expect(
            "FROM x\nPARAMETER top_p «90»\nPARAMETER temperature «-1»\nPARAMETER num_ctx «0»\n", .parameterOutOfRange,
            [
                "parameter 'top_p' is 90, wanted is from 0 to 1", "parameter 'temperature' is -1, wanted is 0 or more",
                "parameter 'num_ctx' is 0, wanted is at least 1",
            ])
    }

    @Test func `the edges of a range belong to it`() {
        expectNothing(
            "FROM x\nPARAMETER top_p 1\nPARAMETER min_p 0\nPARAMETER num_predict -2\nPARAMETER repeat_last_n -1\nPARAMETER seed -5\n",
            .parameterOutOfRange)
    }
}
