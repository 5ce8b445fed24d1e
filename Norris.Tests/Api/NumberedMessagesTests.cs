using System.Net;
using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>A guest that counts its messages, so that it may post one again when it heard no answer.</summary>
public sealed class NumberedMessagesTests : IAsyncLifetime
{
    private InProcessNode _node = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        _node = await InProcessNode.StartAsync("alice");
        _token = (await _node.OpenGuestAsync("gwen")).Token;
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task What_is_posted_again_is_answered_with_the_same_place_and_said_once()
    {
        string first = await PlaceAsync("one", 1);
        string second = await PlaceAsync("two", 2);
        Assert.NotEqual(first, second);
        Assert.Equal(first, await PlaceAsync("one", 1));
        Assert.Equal(second, await PlaceAsync("two", 2));
        await PlaceAsync("three", 3);
        Assert.Equal(["one", "two", "three"], (await _node.HearMessagesAsync(3)).Where(IsMessage).Select(static each => each.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task A_number_out_of_turn_is_refused_and_the_next_one_is_named()
    {
        using HttpResponseMessage response = await PostAsync("three", 3);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains(" 1:", (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        await PlaceAsync("one", 1);
    }

    [Fact]
    public async Task Messages_without_a_number_count_as_well()
    {
        using HttpResponseMessage plain = await _node.PostAsync("one", _token);
        Assert.Equal(HttpStatusCode.Created, plain.StatusCode);
        await PlaceAsync("two", 2);
        // The place of one that was posted without a number is not remembered: it has one, and that is said.
        Assert.Equal(JsonValueKind.Null, JsonElement.Parse(await PlaceAsync("one", 1)).GetProperty("seq").ValueKind);
    }

    [Fact]
    public async Task Text_has_its_number_in_a_field()
    {
        using HttpResponseMessage first = await _node.SendAsync(HttpMethod.Post, "/v1/messages", "one", token: _token, fields: ("Norris-Number", "1"));
        using HttpResponseMessage again = await _node.SendAsync(HttpMethod.Post, "/v1/messages", "one", token: _token, fields: ("Norris-Number", "1"));
        Assert.Equal((await first.JsonAsync()).GetRawText(), (await again.JsonAsync()).GetRawText());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("18446744073709551616")]
    public async Task A_number_that_is_none_is_refused(string number)
    {
        await _node.SendAsync(HttpMethod.Post, "/v1/messages", "one", token: _token, fields: ("Norris-Number", number)).AssertProblemAsync(HttpStatusCode.BadRequest);
        await SendJsonAsync($"{{\"text\":\"one\",\"number\":{number}}}").AssertProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public Task The_nodes_own_messages_have_no_numbers() => _node
        .SendAsync(HttpMethod.Post, "/v1/messages", "{\"text\":\"one\",\"number\":1}", "application/json").AssertProblemAsync(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Many_that_are_posted_again_with_more_behind_them_are_said_once_each()
    {
        string[] first = await LinesAsync("{\"text\":\"one\",\"number\":1}\n{\"text\":\"two\",\"number\":2}\n");
        string[] again = await LinesAsync("{\"text\":\"one\",\"number\":1}\n{\"text\":\"two\",\"number\":2}\n{\"text\":\"three\",\"number\":3}");
        Assert.Equal(first, again[..2]);
        Assert.Equal(3, again.Length);
        Assert.Equal(["one", "two", "three"], (await _node.HearMessagesAsync(3)).Where(IsMessage).Select(static each => each.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Of_many_those_before_one_that_is_out_of_turn_are_taken()
    {
        string[] lines = await LinesAsync("{\"text\":\"one\",\"number\":1}\n{\"text\":\"three\",\"number\":3}\n{\"text\":\"four\",\"number\":4}");
        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.Conflict], lines[1..].Select(static line => (HttpStatusCode)JsonElement.Parse(line).GetProperty("status").GetInt32()));
        Assert.Equal(JsonValueKind.Number, JsonElement.Parse(lines[0]).GetProperty("seq").ValueKind);
        await PlaceAsync("two", 2);
    }

    private static bool IsMessage(JsonElement each) => each.GetProperty("type").GetString() == "message";

    private async Task<string[]> LinesAsync(string body)
    {
        using HttpResponseMessage response = await SendJsonAsync(body, "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsStringAsync(InProcessNode.Patience)).TrimEnd('\n').Split('\n');
    }

    private async Task<string> PlaceAsync(string text, ulong number)
    {
        using HttpResponseMessage response = await PostAsync(text, number);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.JsonAsync()).GetRawText();
    }

    private Task<HttpResponseMessage> PostAsync(string text, ulong number) => SendJsonAsync(JsonSerializer.Serialize(new { text, number }));

    private Task<HttpResponseMessage> SendJsonAsync(string body, string mediaType = "application/json") =>
        _node.SendAsync(HttpMethod.Post, "/v1/messages", body, mediaType, _token);
}
