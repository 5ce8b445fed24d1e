using Norris.Node.Measures;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Measures;

public sealed class StallNoticeTests
{
    private const long Timeout = 2_000_000;
    private readonly StallNotice _notice = new();

    [Fact]
    public void What_the_others_wait_out_nobody_reads_of()
    {
        Assert.Null(_notice.Note(Timeout, Timeout, At(10)));
        Assert.Null(_notice.Note(StallNotice.QuietMicroseconds, 100_000, At(11)));
        Assert.Equal((2, 3_000_000), (_notice.Count, _notice.Microseconds));
    }

    [Fact]
    public void What_is_longer_is_told_and_not_again_and_again()
    {
        Assert.StartsWith("this node stood still for 3.2 s, ", _notice.Note(3_200_000, Timeout, At(10)), StringComparison.Ordinal);
        Assert.Null(_notice.Note(4_000_000, Timeout, At(69)));
        Assert.StartsWith("this node stood still for 5.0 s, ", _notice.Note(5_000_000, Timeout, At(70)), StringComparison.Ordinal);
        Assert.Equal(3, _notice.Count);
    }

    private static Timestamp At(long seconds) => new(seconds * 1_000_000);
}
