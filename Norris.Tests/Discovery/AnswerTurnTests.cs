using Norris.Discovery;

namespace Norris.Tests.Discovery;

/// <summary>Who answers a question on the segment, when, and who keeps silent.</summary>
public sealed class AnswerTurnTests
{
    private const long AirMs = 1;

    private static readonly Standing Host = new(IsMember: true, IsHost: true, Nodes: 5);
    private static readonly Standing Member = new(IsMember: true, IsHost: false, Nodes: 5);
    private static readonly Standing Newcomer = new(IsMember: false, IsHost: false, Nodes: 0);

    [Fact]
    public void A_host_answers_at_once_and_what_is_asked_meanwhile_once()
    {
        var turn = new AnswerTurn(new Random(1), 1);
        turn.Asked(Host, 10);
        turn.Asked(Host, 10);
        Assert.True(turn.TryTake(10));
        Assert.False(turn.TryTake(10));
        turn.Asked(Host, 11);
        Assert.False(turn.TryTake(10 + AnswerTurn.RestMs - 1));
        Assert.True(turn.TryTake(10 + AnswerTurn.RestMs));
        Assert.Null(turn.DueAt);
    }

    [Fact]
    public void A_member_keeps_silent_when_two_members_answered_whatever_newcomers_say()
    {
        AnswerTurn turn = Asked(Member);
        turn.Heard(Answer(SegmentWordKind.NewcomerIsHere, 0), Member);
        turn.Heard(Answer(SegmentWordKind.MemberIsHere, 2), Member);
        Assert.NotNull(turn.DueAt);
        turn.Heard(Answer(SegmentWordKind.MemberIsHere, 3), Member);
        Assert.Null(turn.DueAt);
    }

    [Theory]
    [InlineData(SegmentWordKind.MemberIsHere, 900, true)]
    [InlineData(SegmentWordKind.NewcomerIsHere, 400, true)]
    [InlineData(SegmentWordKind.NewcomerIsHere, 600, false)]
    internal void A_newcomer_keeps_silent_for_a_member_and_for_one_that_goes_before_it(SegmentWordKind kind, ulong instance, bool isSilent)
    {
        AnswerTurn turn = Asked(Newcomer, 500);
        turn.Heard(Answer(kind, instance), Newcomer);
        Assert.Equal(isSilent, turn.DueAt is null);
    }

    [Theory]
    [InlineData(10, 2, 6)]
    [InlineData(100, 2, 6)]
    [InlineData(1_000, 2, 6)]
    public void However_many_hear_a_question_few_answer_it(int members, int least, int most)
    {
        Standing own = Member with { Nodes = members };
        for (int seed = 0; seed < 20; seed++)
        {
            Assert.InRange(CountAnswers(members, own, seed), least, most);
        }
    }

    [Fact]
    public void Of_a_thousand_that_start_together_few_answer_and_the_first_of_them_does()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Assert.InRange(CountAnswers(1_000, Newcomer, seed, firstMustAnswer: true), 1, 40);
        }
    }

    /// <summary>Everybody hears the question at once, and each answer a millisecond after it was sent.</summary>
    private static int CountAnswers(int nodes, Standing own, int seed, bool firstMustAnswer = false)
    {
        var random = new Random(seed);
        AnswerTurn[] turns = [.. Enumerable.Range(0, nodes).Select(i => new AnswerTurn(random, (ulong)i))];
        foreach (AnswerTurn turn in turns)
        {
            turn.Asked(own, 0);
        }
        var underWay = new Queue<(long At, ulong Instance)>();
        var answered = new List<ulong>();
        for (long now = 0; now <= AnswerTurn.TurnMsMax + AirMs; now++)
        {
            while (underWay.TryPeek(out (long At, ulong Instance) next) && next.At <= now)
            {
                underWay.Dequeue();
                SegmentWord heard = Answer(own.IsMember ? SegmentWordKind.MemberIsHere : SegmentWordKind.NewcomerIsHere, next.Instance);
                for (int i = 0; i < nodes; i++)
                {
                    if ((ulong)i != next.Instance)
                    {
                        turns[i].Heard(heard, own);
                    }
                }
            }
            for (int i = 0; i < nodes; i++)
            {
                if (turns[i].TryTake(now))
                {
                    answered.Add((ulong)i);
                    underWay.Enqueue((now + AirMs, (ulong)i));
                }
            }
        }
        Assert.True(!firstMustAnswer || answered.Contains(0));
        return answered.Count;
    }

    private static AnswerTurn Asked(Standing own, ulong instance = 1)
    {
        var turn = new AnswerTurn(new Random(1), instance);
        turn.Asked(own, 0);
        return turn;
    }

    private static SegmentWord Answer(SegmentWordKind kind, ulong instance) => new(kind, 0, instance, 7000);
}
