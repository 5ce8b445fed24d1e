using System.Buffers;
using System.Text;
using Norris.Http;
using Norris.Node.Peers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Peers;

/// <summary>What one node answers and another makes of it: each kind of answer has a status or a field of its own.</summary>
public sealed class PeerRepliesTests
{
    [Fact]
    public void Every_refusal_is_told_by_its_status()
    {
        foreach (RefusalReason reason in Enum.GetValues<RefusalReason>())
        {
            Assert.Equal(new Refused(reason), PeerReplies.Read(PeerReplies.StatusOf(reason), Fields("")));
            Assert.NotEqual("No.", PeerReplies.DetailOf(reason));
        }
    }

    [Theory]
    [InlineData(25_000, "25000", false)]
    [InlineData(25_000, "25000", true)]
    [InlineData(1_000, "0", false)]
    [InlineData(5_000_000, "9000000000", false)]
    public void A_busy_node_says_when_to_ask_again_and_whether_the_asker_may_be_in_all_the_same(long microseconds, string field, bool isInDoubt) => Assert.Equal(
        new Busy(microseconds) { IsInDoubt = isInDoubt },
        PeerReplies.Read(503, Fields($"Norris-Retry-After-Microseconds: {field}\r\n{(isInDoubt ? "Norris-In-Doubt: 1\r\n" : "")}")));

    [Fact]
    public void A_node_that_only_joins_says_its_rank()
    {
        var rank = JoiningRank.Of(new MemberToken(1, 2), new Position(new Epoch(3), new SequenceNumber(4), new Digest(5)));
        Assert.Equal(new AlsoJoining(rank), PeerReplies.Read(503, Fields($"Norris-Joining-Rank: {rank}\r\n")));
    }

    [Theory]
    [InlineData("http://10.0.0.2:7000/v1/log?after=3", "10.0.0.2:7000")]
    [InlineData("http://10.0.0.2:7000", "10.0.0.2:7000")]
    public void A_redirection_names_the_host(string location, string address) =>
        Assert.Equal(new Redirected(address), PeerReplies.Read(307, Fields($"Location: {location}\r\n")));

    [Fact]
    public void A_host_may_name_a_relay_instead() => Assert.Equal(
        new RelayedBy(new(0xb0b0b0b0b0), "10.0.0.2:7000"),
        PeerReplies.Read(307, Fields($"Location: http://10.0.0.2:7000/v1/log?from=4\r\nNorris-Relay: {new MemberId(0xb0b0b0b0b0)}\r\n")));

    [Theory]
    [InlineData(307, "Location: http://10.0.0.2:7000/v1/log\r\nNorris-Relay: you\r\n")]
    [InlineData(307, "Location: ftp://10.0.0.2:7000\r\n")]
    [InlineData(307, "")]
    [InlineData(503, "")]
    [InlineData(503, "Norris-Joining-Rank: xyz\r\n")]
    [InlineData(503, "Norris-Retry-After-Microseconds: soon\r\n")]
    [InlineData(500, "")]
    public void What_no_node_says_is_nothing(int status, string fields) => Assert.Null(PeerReplies.Read(status, Fields(fields)));

    private static FieldSection Fields(string lines)
    {
        var fields = new FieldSection();
        var reader = default(FieldSectionReader);
        var bytes = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(lines + "\r\n"));
        Assert.Equal(ParseStatus.Complete, reader.Read(ref bytes, fields, new HttpLimits(), out _));
        return fields;
    }
}
