using System.Buffers;
using System.Text;
using System.Text.Json;
using Norris.Node.Delivery;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Node.Delivery;

/// <summary>Names that may be taken for each other are shown with their members' ids.</summary>
public sealed class LookAlikesTests
{
    private static readonly MemberId Alice = new(0xA11CE);
    private static readonly MemberId Other = new(0x07E3);

    [Fact]
    public void What_is_said_of_ascii_apart_is_what_the_table_says()
    {
        for (char each = '!'; each <= '~'; each++)
        {
            Assert.Equal(LookAlikeRanges.Find(each) ?? char.ToLowerInvariant(each).ToString(), Skeleton.Of(each.ToString()));
        }
    }

    [Theory]
    [InlineData("alice", "Alice")]
    [InlineData("alice", "\u0430lice")]          // Cyrillic a
    [InlineData("alice", "al\u0456ce")]          // Ukrainian i
    [InlineData("alice", "a1ice")]               // one for l
    [InlineData("alice", "aIice")]               // capital i for l
    [InlineData("paypal", "\u0440\u0430y\u0440\u0430l")]
    [InlineData("bob", "b0b")]
    [InlineData("bob", "B\u039FB")]              // Greek omicron
    [InlineData("norm", "norrn")]
    [InlineData("zoe", "zo\u0435")]
    [InlineData("zo\u00EB", "zoe\u0308")]        // composed and decomposed
    [InlineData("scope", "\u0455\u0441\u043E\u0440\u0435")]
    [InlineData("alice", "\uFF41\uFF4C\uFF49\uFF43\uFF45")]
    [InlineData("alice", "\U0001D41A\U0001D425\U0001D422\U0001D41C\U0001D41E")]
    [InlineData("alice", "a\u0336l\u0336i\u0336c\u0336e")]
    [InlineData("al ice", "al\u00A0ice")]
    [InlineData("al ice", "al\u3000 ice")]
    [InlineData("alice", "alice\u3164")]         // Hangul filler
    [InlineData("alice", "ali\uFE0Fce")]         // variation selector
    [InlineData("node-7000", "node-7OOO")]
    public void Names_that_look_alike_have_one_skeleton(string name, string other) => Assert.Equal(Skeleton.Of(name), Skeleton.Of(other));

    [Theory]
    [InlineData("alice", "alice-2")]
    [InlineData("alice", "alicia")]
    [InlineData("bob", "rob")]
    [InlineData("\u5F20\u4E09", "\u5F20\u56DB")]
    [InlineData("node-7000", "node-7001")]
    [InlineData("al ice", "alice")]
    public void Names_that_do_not_have_two(string name, string other) => Assert.NotEqual(Skeleton.Of(name), Skeleton.Of(other));

    [Fact]
    public void Both_are_shown_with_their_ids_as_long_as_both_are_in()
    {
        Roster roster = Of(("alice", Alice));
        Assert.Equal("<alice> hi", Say(roster, Alice));

        byte[] joined = Joined(Other, "\u0430lice");
        Assert.True(roster.MakesAlike(new Entry(joined)));
        Assert.EndsWith($"* \u0430lice [{Other}] joined (h:1)\n", Text(roster, joined), StringComparison.Ordinal);
        Assert.True(Json(roster, joined).GetProperty("alike").GetBoolean());
        roster.Apply(new Entry(joined));
        Assert.Equal($"<alice [{Alice}]> hi", Say(roster, Alice));
        Assert.Equal($"<\u0430lice [{Other}]> hi", Say(roster, Other));

        byte[] renamed = Write(output => EntryWriter.WriteRenamed(output, new(1), Other, 1, Other, "bob"u8));
        Assert.False(Json(roster, renamed).TryGetProperty("alike", out _));
        roster.Apply(new Entry(renamed));
        Assert.Equal("<alice> hi", Say(roster, Alice));

        byte[] back = Write(output => EntryWriter.WriteRenamed(output, new(1), Other, 2, Other, "A1ice"u8));
        Assert.EndsWith($"* bob is called A1ice [{Other}] now\n", Text(roster, back), StringComparison.Ordinal);
        roster.Apply(new Entry(back));
        Assert.Contains("a look-alike", Members(roster), StringComparison.Ordinal);
        roster.Apply(new Entry(Write(output => EntryWriter.WriteLeft(output, new(1), MemberId.None, 0, Alice, LeaveReason.Left))));
        Assert.Equal("<A1ice> hi", Say(roster, Other));
        Assert.DoesNotContain("a look-alike", Members(roster), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_changes_only_the_case_of_its_own_name_looks_like_nobody_else()
    {
        Roster roster = Of(("alice", Alice));
        Assert.False(roster.MakesAlike(new Entry(Write(output => EntryWriter.WriteRenamed(output, new(1), Alice, 1, Alice, "ALICE"u8)))));
    }

    [Fact]
    public void A_name_that_imitates_an_id_or_an_end_or_that_is_not_seen_is_shown_for_what_it_is()
    {
        Roster roster = Of(($"bob [{Alice}]", Other), ("alice> hi <bob", Alice));
        Assert.Equal($"<bob [{Alice}] [{Other}]> hi", Say(roster, Other));
        Assert.Equal("<alice\u203A hi \u2039bob> hi", Say(roster, Alice));
        Assert.Equal($"<\u3164 [{Other}]> hi", Say(Of(("\u3164", Other)), Other));
    }

    [Fact]
    public void A_full_screen_shows_the_ids_of_look_alikes_as_lines_do()
    {
        Roster roster = Of(("alice", Alice));
        byte[] joined = Joined(Other, "\u0430lice");
        TranscriptItem newcomer = TranscriptWriter.Describe(roster, new SequenceNumber(1), new Entry(joined), Alice)!;
        Assert.Equal([$"\u0430lice [{Other}]"], newcomer.Names);
        roster.Apply(new Entry(joined));

        byte[] said = Write(output => EntryWriter.WriteMessage(output, new(1), Alice, 1, "hi"u8));
        Assert.Equal($"alice [{Alice}]", TranscriptWriter.Describe(roster, new SequenceNumber(2), new Entry(said), Other)!.Name);
        byte[] left = Write(output => EntryWriter.WriteLeft(output, new(1), MemberId.None, 0, Other, LeaveReason.Left));
        Assert.Equal([$"\u0430lice [{Other}]"], TranscriptWriter.Describe(roster, new SequenceNumber(3), new Entry(left), Alice)!.Names);
        roster.Apply(new Entry(left));
        Assert.Equal("alice", TranscriptWriter.Describe(roster, new SequenceNumber(4), new Entry(said), Other)!.Name);
    }

    private static Roster Of(params (string Name, MemberId Id)[] members) => new(
        members.Select(static member => new RosterMember(member.Id, Encoding.UTF8.GetBytes(member.Name), MemberKind.Node, MemberId.None, "h:1")), Alice, new Epoch(1), 1);

    private static byte[] Joined(MemberId id, string name) => Write(output => EntryWriter.WriteJoined(
        output, new(1), MemberId.None, 0, id, MemberKind.Node, MemberId.None, new(1, 1), Encoding.UTF8.GetBytes(name), "h:1"u8));

    private static string Say(Roster roster, MemberId from)
    {
        string text = Text(roster, Write(output => EntryWriter.WriteMessage(output, new(1), from, 1, "hi"u8)));
        return text[text.IndexOf('<', StringComparison.Ordinal)..].TrimEnd('\n');
    }

    private static string Text(Roster roster, byte[] entry)
    {
        var output = new ArrayBufferWriter<byte>();
        new TextEventWriter(TimeZoneInfo.Utc).Write(output, roster, new Entry(entry));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonElement Json(Roster roster, byte[] entry)
    {
        var output = new ArrayBufferWriter<byte>();
        new JsonEventWriter().Write(output, roster, new SequenceNumber(1), new Entry(entry));
        return JsonElement.Parse(output.WrittenSpan);
    }

    private static string Members(Roster roster)
    {
        var output = new ArrayBufferWriter<byte>();
        TextEventWriter.WriteMembers(output, roster, Alice);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static byte[] Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
