import { Router } from "express";
import { authenticate } from "../middleware/authenticate.js";
import { validate } from "../middleware/validate.js";
import { postsController } from "./controller.js";
import { createBody, listQuery, postParams } from "./schemas.js";

export const postsRouter = Router();

postsRouter.get("/", authenticate, validate({ query: listQuery }), postsController.list);
postsRouter.get("/:id", authenticate, validate({ params: postParams }), postsController.get);
postsRouter.post("/", authenticate, validate({ body: createBody }), postsController.create);
