import { postsService } from "./service.js";

export const postsController = {
  async list(req, res) {
    res.json(await postsService.list(req.user, req.valid.query));
  },

  async get(req, res) {
    res.json({ data: await postsService.get(req.user, req.valid.params.id) });
  },

  async create(req, res) {
    const post = await postsService.create(req.user, req.valid.body);
    res.status(201).location(`/api/posts/${post.id}`).json({ data: post });
  },
};
