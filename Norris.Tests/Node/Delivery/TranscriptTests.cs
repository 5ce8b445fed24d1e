using System.Buffers;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

public sealed class TranscriptTests
{
    private readonly Roster _roster = Entries.AliceAlone();
    private readonly Transcript _transcript = new(static () => { });

    public TranscriptTests() => _transcript.Ready(_roster, Entries.Alice);

    [Fact]
    public void An_own_message_goes_from_waiting_into_the_order_by_its_number_not_by_its_text()
    {
        _transcript.Enter("same"u8);
        _transcript.Enter("same"u8);
        _transcript.Taken(7);
        _transcript.Taken(9);

        Say(8, "same");
        Assert.Equal([7UL, 9UL], _transcript.Waiting.Select(line => line.Number));
        Say(9, "same");

        Assert.Equal([7UL], _transcript.Waiting.Select(line => line.Number));
    }

    [Fact]
    public void What_is_refused_is_the_first_that_was_not_looked_at()
    {
        _transcript.Enter("taken"u8);
        _transcript.Enter("refused"u8);
        _transcript.Enter("later"u8);
        _transcript.Taken(1);

        _transcript.NotTaken("why");

        Assert.Equal(["taken", "later"], _transcript.Waiting.Select(line => line.Text));
        TranscriptItem told = _transcript[_transcript.End - 1];
        Assert.Equal(("refused", OwnState.NotSent, "not sent: why"), (told.Text, told.Own, told.Why));
    }

    [Fact]
    public void After_a_gap_what_was_ordered_meanwhile_is_known_and_the_rest_still_waits()
    {
        Say(1, "before");
        foreach (ulong number in (ulong[])[2, 3, 4])
        {
            _transcript.Enter("x"u8);
            _transcript.Taken(number);
        }
        _transcript.InDoubt(2, 2);

        _transcript.Missed("gap", _roster, Entries.Alice, lastNumber: 3);
        _transcript.Update(_transcript.Status with { Stable = new SequenceNumber(1000) });

        Assert.Equal([4UL], _transcript.Waiting.Select(line => line.Number));
        Assert.Equal(
            [OwnState.Ordered, OwnState.NotSent, OwnState.None, OwnState.Stable],
            Enumerable.Range(1, 4).Select(i => _transcript[i].Own));
        Assert.Equal("ordered while this node was away", _transcript[4].Why);
    }

    [Fact]
    public void Only_so_much_is_kept_and_indices_go_on()
    {
        for (int i = 0; i < 3 * Transcript.ItemsMax; i++)
        {
            Say(0, "x");
        }

        Assert.Equal((3 * Transcript.ItemsMax) + 1, _transcript.End);
        Assert.InRange(_transcript.End - _transcript.Begin, Transcript.ItemsMax, Transcript.ItemsMax * 2);
        for (int i = 0; i < 300; i++)
        {
            Say(0, new string('y', 60_000));
        }
        Assert.InRange((_transcript.End - _transcript.Begin) * 60_000, 60_000, Transcript.CharactersMax);
    }

    [Fact]
    public void What_others_say_cannot_move_the_cursor()
    {
        Say(0, "\e[2J\u202Ea\r\nb\tc");

        Assert.Equal("␛[2J\\u202Ea\nb    c", _transcript[_transcript.End - 1].Text);
    }

    [Theory]
    [InlineData("hi bob", true)]
    [InlineData("BOB: hi", true)]
    [InlineData("@bob, hi", true)]
    [InlineData("bobby", false)]
    [InlineData("kabob", false)]
    [InlineData("bob_x", false)]
    [InlineData("bobby and bob", true)]
    [InlineData("你好bob你好", true)]
    [InlineData("", false)]
    public void A_name_is_said_as_a_word(string text, bool isSaid) => Assert.Equal(isSaid, Mention.IsIn(text, "bob"));

    private void Say(ulong number, string text)
    {
        var entry = new ArrayBufferWriter<byte>();
        EntryWriter.WriteMessage(entry, Entries.Noon, number == 0 ? new MemberId(99) : Entries.Alice, number, System.Text.Encoding.UTF8.GetBytes(text));
        _transcript.Add(_roster, new SequenceNumber(5), new Entry(entry.WrittenSpan));
    }
}
