using System.Text;
using Norris.Load.Compare;
using Norris.Load.Crowd;

namespace Norris.Tests.Load;

/// <summary>What members of a crowd get that read lines of JSON.</summary>
public sealed class CrowdTests
{
    private readonly Receipt _receipt = new(2, null);

    [Fact]
    public void Texts_of_printed_lines_go_into_the_same_receipt_as_texts_of_entries()
    {
        var printed = new PrintedReceipt(_receipt, 40);
        var other = new Receipt(2, null);
        for (int number = 1; number <= 2; number++)
        {
            printed.Take(Message(4 + number, 1, number), 0);
            byte[] text = new byte[40];
            RoomText.Write(text, 1, number, 0);
            other.Take(text);
        }

        Assert.Equal((2, null, null), (printed.Count, printed.Violation, _receipt.Violation));
        Assert.Equal(other.Fingerprint, _receipt.Fingerprint);
    }

    [Fact]
    public void A_place_that_is_left_out_and_a_gap_are_violations()
    {
        var left = new PrintedReceipt(_receipt, 40);
        left.Take(Message(5, 0, 1), 0);
        left.Take(Message(7, 0, 2), 0);
        Assert.Equal("position 6: position 7 came right after position 5", left.Violation);

        var told = new PrintedReceipt(new Receipt(1, null), 40);
        told.Take(Message(5, 0, 1), 0);
        told.Take("{\"type\":\"gap\",\"after\":5,\"before\":9,\"reason\":\"slow\"}"u8, 0);
        Assert.Equal("position 6: a gap (slow)", told.Violation);
    }

    [Fact]
    public void What_a_node_prints_goes_on_from_where_it_says_that_it_is_ready()
    {
        var printed = new PrintedReceipt(_receipt, 40);
        printed.Take("{\"type\":\"ready\",\"member\":\"k7f3q2\",\"epoch\":1,\"seq\":4,\"members\":2}"u8, 0);
        Assert.Equal((4UL, 0L), (printed.Last, printed.Entries));
        printed.Take(Message(6, 0, 1), 0);
        Assert.Equal("position 5: position 6 came right after position 4", printed.Violation);
    }

    [Fact]
    public void Options_that_no_node_takes_are_refused_before_anything_starts()
    {
        var options = new CrowdOptions { Members = 2, Processes = 1, Messages = 1, TextBytes = 64, JoinLimitSeconds = 1, HostLimitMebibytes = 1, NodeLimitMebibytes = 1, NodeOptions = "--timeout never" };
        Assert.Contains("--node-options --timeout never", options.FindMistake(), StringComparison.Ordinal);
    }

    private static byte[] Message(int sequence, int sender, int number)
    {
        byte[] text = new byte[40];
        RoomText.Write(text, sender, number, 0);
        return Encoding.UTF8.GetBytes(
            $"{{\"type\":\"message\",\"epoch\":1,\"seq\":{sequence},\"time\":\"2026-11-24T05:22:01.123456Z\",\"from\":\"k7f3q2\",\"name\":\"a\",\"text\":\"{Encoding.UTF8.GetString(text)}\"}}");
    }
}
